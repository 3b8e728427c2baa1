/// Where a stream connects to.
public enum StreamEndpoint: Hashable, Sendable {
    /// A host name, or an IPv4 or IPv6 address without brackets.
    case tcp(host: String, port: UInt16)
    case unix(path: String)
}

extension StreamEndpoint: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
