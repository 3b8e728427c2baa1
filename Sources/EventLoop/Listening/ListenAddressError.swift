/// Why a listen address was refused. The description says what is wrong, without the accepted form.
public enum ListenAddressError: Error, Equatable {
    case noPort
    case badPort(String)
    case noHost(port: UInt16)
    case badHost(String)
    case unbracketed
    case noPath
    case pathTooLong(Int)
    case controlCharacter
}

extension ListenAddressError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noPort: "has no port"
        case .badPort(let port):
            port.isEmpty ? "has no port" : "has the port '\(port)', not a number from 0 to 65535"
        case .noHost(let port): "has no host; all interfaces are 0.0.0.0:\(port) and [::]:\(port)"
        case .badHost(let host): "has '\(host)' where a host name or an IP address is due"
        case .unbracketed: "has more than one colon; an IPv6 address stands in brackets"
        case .noPath: "has no path"
        case .pathTooLong(let count):
            "has a path of \(count) bytes; the system allows \(ListenAddress.maximumPathLength)"
        case .controlCharacter: "has a control character"
        }
    }
}
