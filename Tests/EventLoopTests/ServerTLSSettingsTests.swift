import Foundation
import TestSupport
import Testing

@testable import EventLoop

@Suite("Settings of a TLS server")
struct ServerTLSSettingsTests {
    @Test("every one has a ticket key of its own, which another replaces")
    func ticketKeys() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let pair = try TestAuthority(in: folder).issue(for: "DNS:localhost")
        let certificate = try ServerCertificate(
            certificates: Array(Data(contentsOf: URL(filePath: pair.certificateFile))),
            key: Array(Data(contentsOf: URL(filePath: pair.keyFile))))
        let settings = ServerTLSSettings(certificate, clientAuthorities: nil)
        let keys = [
            settings, settings.withNewTicketKey(), ServerTLSSettings(certificate, clientAuthorities: nil),
        ]
        .map(\.ticketKey)
        #expect(keys.allSatisfy { $0.count == ServerTLSSettings.ticketKeySize })
        #expect(Set(keys).count == keys.count)
        #expect(settings.withNewTicketKey().certificate === certificate)
    }
}
