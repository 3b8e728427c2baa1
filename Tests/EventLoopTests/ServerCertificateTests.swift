import EventLoop
import Foundation
import TestSupport
import Testing

@Suite("Certificates of a TLS server")
final class ServerCertificateTests {
    private let folder: TemporaryFolder
    private let authority: TestAuthority
    private let pair: TestAuthority.Certificate

    init() throws {
        folder = try TemporaryFolder()
        authority = try TestAuthority(in: folder)
        pair = try authority.issue(for: "DNS:localhost")
    }

    deinit { folder.remove() }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    private func problem(_ certificates: [UInt8], _ key: [UInt8]) -> ServerCertificate.Problem? {
        do throws(ServerCertificate.Problem) {
            _ = try ServerCertificate(certificates: certificates, key: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("a pair is taken, with those that lead to an authority, and tells how long it holds")
    func pairs() throws {
        let chain = try bytes(pair.certificateFile) + bytes(authority.certificateFile)
        let certificate = try ServerCertificate(certificates: chain, key: bytes(pair.keyFile))
        let now = Int64(Date().timeIntervalSince1970)
        #expect(certificate.validFrom <= now && certificate.validFrom > now - 600)
        #expect(certificate.validUntil - certificate.validFrom == 2 * 86_400)
        #expect(certificate.isValid(at: now) && !certificate.isValid(at: now + 3 * 86_400))
    }

    @Test("what does not fit is refused, and the file at fault is named")
    func misfits() throws {
        let other = try authority.issue(for: "DNS:localhost", name: "other")
        let (certificate, key) = (try bytes(pair.certificateFile), try bytes(pair.keyFile))
        guard case .key(let error)? = problem(certificate, try bytes(other.keyFile)) else {
            Issue.record("the key of another certificate was taken")
            return
        }
        #expect(error.reason == "does not belong to the certificate")
        for text in [[], Array("nothing\n".utf8), key] {
            guard case .certificate(let error)? = problem(text, key) else {
                Issue.record("no certificate was taken")
                continue
            }
            #expect(error.reason == "has no certificate in PEM")
        }
        for text in [[], Array("nothing\n".utf8), certificate] {
            guard case .key(let error)? = problem(certificate, text) else {
                Issue.record("no key was taken")
                continue
            }
            #expect(error.reason == "has no private key in PEM")
        }
    }

    @Test("a broken certificate behind a good one is refused")
    func brokenChains() throws {
        let broken = Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)
        let chain = try bytes(pair.certificateFile) + broken
        guard case .certificate(let error)? = problem(chain, try bytes(pair.keyFile)) else {
            Issue.record("it was taken")
            return
        }
        #expect(error.reason.hasPrefix("is refused: "))
    }

    @Test("a key that is too short to be safe is refused")
    func weakKeys() throws {
        let (key, certificate) = (folder.path("weak.key"), folder.path("weak.pem"))
        try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-out", certificate, "-days",
                "2",
                "-subj", "/CN=weak",
            ])
        guard case .certificate(let error)? = problem(try bytes(certificate), try bytes(key)) else {
            Issue.record("it was taken")
            return
        }
        #expect(error.reason.contains("key too small"))
    }

    @Test("every cut of the files is refused or taken, and nothing else")
    func cuts() throws {
        let (certificate, key) = (try bytes(pair.certificateFile), try bytes(pair.keyFile))
        for count in stride(from: 0, to: certificate.count - 1, by: 7) {
            #expect(problem(Array(certificate.prefix(count)), key) != nil)
        }
        for count in stride(from: 0, to: key.count - 1, by: 7) {
            #expect(problem(certificate, Array(key.prefix(count))) != nil)
        }
    }

    @Test("authorities of clients are one certificate or several")
    func authorities() throws {
        let other = try TestAuthority(in: folder, name: "other")
        let both = try bytes(authority.certificateFile) + bytes(other.certificateFile)
        #expect(throws: Never.self) { try ClientAuthorities(pem: both + both) }
        #expect(throws: TLSFileError.self) { try ClientAuthorities(pem: Array("none".utf8)) }
        let key = try bytes(pair.keyFile)
        #expect(throws: TLSFileError.self) { try ClientAuthorities(pem: key) }
    }
}
