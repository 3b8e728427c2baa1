import Foundation

/// `openssl s_server -rev`: TLS on loopback, answering each line with its characters turned round.
public final class TLSEchoServer {
    public let port: UInt16
    private let process: ChildProcess

    public init(_ certificate: TestAuthority.Certificate, _ arguments: String...) throws {
        let port = try FreePort.find()
        self.port = port
        process = try ChildProcess(
            "openssl",
            [
                "s_server", "-quiet", "-rev", "-accept", "127.0.0.1:\(port)",
                "-cert", certificate.certificateFile, "-key", certificate.keyFile,
            ] + arguments)
        try Readiness.wait(for: "openssl s_server") { Readiness.accepts(port) }
    }

    public func stop() { process.end(by: SIGKILL) }
}
