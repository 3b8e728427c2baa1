/// What a server's TLS is made of: the same for all workers, so that each resumes what another began.
public struct ServerTLSSettings: Sendable {
    public let certificate: ServerCertificate
    /// Where set, clients must show a certificate that these vouch for.
    public let clientAuthorities: ClientAuthorities?
    /// What session tickets (RFC 8446, section 4.6.1) are sealed with. Kept nowhere else; whoever had it could read what
    /// was said over TLS 1.2 with them, so it must not live long.
    let ticketKey: [UInt8]

    /// OpenSSL takes 16 bytes for the key's name, 32 for HMAC, and 32 for AES.
    static let ticketKeySize = 80

    /// Makes a new ticket key: what was begun with other settings is not resumed.
    public init(_ certificate: ServerCertificate, clientAuthorities: ClientAuthorities?) {
        self.certificate = certificate
        self.clientAuthorities = clientAuthorities
        // The system's generator, which is good enough for keys.
        ticketKey = (0..<Self.ticketKeySize).map { _ in UInt8.random(in: 0 ... .max) }
    }

    /// The same with another ticket key.
    public func withNewTicketKey() -> ServerTLSSettings {
        ServerTLSSettings(certificate, clientAuthorities: clientAuthorities)
    }
}
