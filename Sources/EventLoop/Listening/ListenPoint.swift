/// Where a server listens, and what is spoken there before HTTP.
public struct ListenPoint: Hashable, Sendable {
    public var address: ListenAddress
    /// TLS.
    public var isSecure: Bool
    /// Each connection begins with a PROXY protocol header that says who it is from, before TLS even.
    public var expectsProxyHeader: Bool

    /// What `init(parsing:)` takes, for error messages and help texts.
    public static let accepted = "\(ListenAddress.accepted); before it, tls: or proxy: or both"

    private static let tlsPrefix = "tls:"
    private static let proxyPrefix = "proxy:"

    public init(_ address: ListenAddress, isSecure: Bool = false, expectsProxyHeader: Bool = false) {
        self.address = address
        self.isSecure = isSecure
        self.expectsProxyHeader = expectsProxyHeader
    }

    /// Reads a `ListenAddress`, or one with `tls:`, `proxy:` or `tls:proxy:` before it.
    public init(parsing text: String) throws(ListenAddressError) {
        var rest = text[...]
        // `tls:8080` is a port of the host tls.
        func take(_ prefix: String) -> Bool {
            guard rest.hasPrefix(prefix), rest.dropFirst(prefix.count).contains(":") else { return false }
            rest = rest.dropFirst(prefix.count)
            return true
        }
        isSecure = take(Self.tlsPrefix)
        expectsProxyHeader = take(Self.proxyPrefix)
        address = try ListenAddress(parsing: String(rest))
    }

    /// How a client on this machine would name it: `https://127.0.0.1:8443`, or `unix:/run/roost.sock`.
    public var url: String {
        switch address {
        case .tcp: "\(isSecure ? "https" : "http")://\(address)"
        case .unix: isSecure ? Self.tlsPrefix + address.description : address.description
        }
    }
}

extension ListenPoint: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    public var description: String {
        (isSecure ? Self.tlsPrefix : "") + (expectsProxyHeader ? Self.proxyPrefix : "") + address.description
    }
}
