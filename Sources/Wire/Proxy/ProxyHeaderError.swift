/// Why bytes are no header of the PROXY protocol, version 2. The description is one line for a log.
public enum ProxyHeaderError: Error, Equatable {
    case noSignature
    case unknownVersion(UInt8)
    case unknownCommand(UInt8)
    case unknownFamily(UInt8)
    /// The addresses do not fit into the header's length.
    case tooShort
}

extension ProxyHeaderError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noSignature: "it does not begin with a PROXY protocol header of version 2"
        case .unknownVersion(let version): "the PROXY protocol header has version \(version), not 2"
        case .unknownCommand(let command): "the PROXY protocol header has the unknown command \(command)"
        case .unknownFamily(let family): "the PROXY protocol header has the unknown address family \(family)"
        case .tooShort: "the PROXY protocol header is too short for its addresses"
        }
    }
}
