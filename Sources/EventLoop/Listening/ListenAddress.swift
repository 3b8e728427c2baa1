/// Where a server listens: a TCP port of a host, or a unix socket.
public enum ListenAddress: Hashable, Sendable {
    /// A host name, or an IPv4 or IPv6 address without brackets. Port 0 lets the system choose one.
    case tcp(host: String, port: UInt16)
    case unix(path: String)

    /// What `init(parsing:)` takes, for error messages and help texts.
    public static let accepted = "HOST:PORT, [IPV6]:PORT or unix:PATH"

    /// The longest path of a unix socket in bytes: `sun_path` holds 108 with the closing zero (unix(7)).
    public static let maximumPathLength = 107

    /// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `unix:/run/roost.sock`.
    public init(parsing text: String) throws(ListenAddressError) {
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .controlCharacter }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty else { throw .noPath }
            guard path.utf8.count <= Self.maximumPathLength else { throw .pathTooLong(path.utf8.count) }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw .noPort }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw digits.hasSuffix("]") ? .noPort : .badPort(String(digits))
        }
        guard let port = UInt16(digits) else { throw .badPort(String(digits)) }
        guard !host.isEmpty else { throw .noHost(port: port) }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        if isBracketed {
            host = host.dropFirst().dropLast()
            guard HostText.isIPv6(host) else { throw .badHost(String(host)) }
        } else {
            guard !host.contains(":") else { throw .unbracketed }
            guard HostText.isIPv4(host) || HostText.isName(host) else { throw .badHost(String(host)) }
        }
        self = .tcp(host: String(host), port: port)
    }

    public var isUnix: Bool { if case .unix = self { true } else { false } }

    /// Whether only this machine can connect: 127.0.0.0/8, ::1 (IPv4-mapped too), `localhost`, or a unix socket.
    ///
    /// Other names count as public, whatever they resolve to: the answer must not change with a DNS record.
    public var isLoopbackOrUnix: Bool {
        switch self {
        case .tcp(let host, _): HostText.isLoopback(host)
        case .unix: true
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
