/// How a client stream uses TLS: TLS 1.2 or later, the peer's certificate and name always verified.
public struct TLSClientSettings: Hashable, Sendable {
    /// The name to ask for (SNI, RFC 6066) and to verify; the endpoint's host when `nil`.
    public var serverName: String?
    /// A PEM file of certification authorities to trust instead of the system's.
    public var authorityFile: String?

    public init(serverName: String? = nil, authorityFile: String? = nil) {
        self.serverName = serverName
        self.authorityFile = authorityFile
    }
}
