import EventLoop
import Foundation
import TestSupport
import Testing

@Suite("ByteStream with TLS")
struct ByteStreamTLSTests {
    private let folder: TemporaryFolder
    private let authority: TestAuthority

    init() throws {
        folder = try TemporaryFolder()
        authority = try TestAuthority(in: folder)
    }

    /// Connects, sends a line, and gives what came of it.
    private func outcome(
        of host: String, _ port: UInt16, _ settings: TLSClientSettings, line: String = "abc",
        expecting answer: String = "cba\n"
    ) throws -> StreamRecorder {
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connect(to: .tcp(host: host, port: port), tls: settings)
        #expect(recorder.callCount == 0)
        stream.write(Array((line + "\n").utf8))
        runner.run(until: "an answer or the end") { recorder.text == answer || recorder.isClosed }
        stream.close()
        runner.close()
        return recorder
    }

    @Test(
        "a server with the right name is spoken to, by name and by address",
        arguments: ["-tls1_2", "-tls1_3"])
    func verified(version: String) throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:localhost", "IP:127.0.0.1"), version)
        defer { server.stop() }
        let trusting = TLSClientSettings(authorityFile: authority.certificateFile)
        #expect(try outcome(of: "localhost", server.port, trusting).text == "cba\n")
        #expect(try outcome(of: "127.0.0.1", server.port, trusting).text == "cba\n")
        let named = TLSClientSettings(serverName: "localhost.", authorityFile: authority.certificateFile)
        #expect(try outcome(of: "127.0.0.1", server.port, named).text == "cba\n")
    }

    @Test("a certificate for another name or address is refused")
    func wrongName() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:other.example", "IP:127.0.0.2"))
        defer { server.stop() }
        let trusting = TLSClientSettings(authorityFile: authority.certificateFile)
        let named = try #require(outcome(of: "localhost", server.port, trusting).error).description
        #expect(named.contains("cannot connect to localhost:\(server.port): the certificate was refused"))
        #expect(named.contains("hostname mismatch (expected one for 'localhost')"))
        let address = try #require(outcome(of: "127.0.0.1", server.port, trusting).error).description
        #expect(address.contains("IP address mismatch (expected one for '127.0.0.1')"))
    }

    @Test("a certificate of an authority that is not trusted is refused")
    func wrongAuthority() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:localhost"))
        defer { server.stop() }
        let other = try TestAuthority(in: folder, name: "other")
        let trusting = TLSClientSettings(authorityFile: other.certificateFile)
        let error = try #require(outcome(of: "localhost", server.port, trusting).error)
        #expect(error.description.contains("the certificate was refused: unable to get local issuer"))
        #expect(error.outlook == .untrusted)
        // The system's store does not know it either.
        let system = try #require(outcome(of: "localhost", server.port, TLSClientSettings()).error)
            .description
        #expect(system.contains("the certificate was refused"))
    }

    @Test("a certificate that has run out is refused")
    func expired() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:localhost", days: -1))
        defer { server.stop() }
        let trusting = TLSClientSettings(authorityFile: authority.certificateFile)
        let error = try #require(outcome(of: "localhost", server.port, trusting).error)
        #expect(error.description.contains("the certificate was refused: certificate has expired"))
        #expect(error.outlook == .lasting)
    }

    @Test("TLS 1.1 is refused")
    func oldVersion() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(
            authority.issue(for: "DNS:localhost"), "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
        defer { server.stop() }
        let trusting = TLSClientSettings(authorityFile: authority.certificateFile)
        #expect(try outcome(of: "localhost", server.port, trusting).error != nil)
    }

    @Test("a file of authorities that is missing or is none is named")
    func badAuthorityFile() throws {
        defer { folder.remove() }
        try folder.write("nothing", to: "empty.pem")
        for file in [folder.path("missing.pem"), folder.path("empty.pem")] {
            let error = try #require(
                outcome(of: "localhost", 1, TLSClientSettings(authorityFile: file)).error)
            #expect(error.description.contains("cannot read certification authorities (PEM) from '\(file)'"))
        }
    }

    @Test("a peer that does not speak TLS, or ends within the handshake, is said to")
    func noTLS() throws {
        defer { folder.remove() }
        let plain = try SocketServer { peer in
            _ = peer.read()
            peer.write("-ERR unknown command\r\n")
            _ = peer.read()
        }
        let ending = try SocketServer { _ = $0.read() }
        defer {
            plain.stop()
            ending.stop()
        }
        let settings = TLSClientSettings(authorityFile: authority.certificateFile)
        let error = try #require(outcome(of: "localhost", plain.port, settings).error).description
        #expect(error.contains("does the peer speak TLS on this port?"))
        let end = try #require(outcome(of: "localhost", ending.port, settings).error).description
        #expect(end.contains("closed by the peer during the TLS handshake"))
    }

    @Test("a handshake that does not get on is given up after the time limit")
    func handshakeTimeout() throws {
        defer { folder.remove() }
        let gate = Gate()
        let server = try SocketServer { _ in gate.wait() }
        defer {
            gate.open()
            server.stop()
        }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connectTimeout = 1_000
        stream.connect(
            to: .tcp(host: "127.0.0.1", port: server.port),
            tls: TLSClientSettings(authorityFile: authority.certificateFile))
        runner.run(until: "given up") { recorder.isClosed }
        #expect(recorder.error?.description.contains("TLS handshake: connection timed out") == true)
        runner.close()
    }

    @Test("megabytes go both ways, in order, through pauses")
    func volume() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:localhost"))
        defer { server.stop() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        // The server turns lines round, up to its buffer's 16 KiB.
        let lines = (0..<1000).map { "line \($0) " + String(repeating: "x", count: 2000) + "\n" }
        let expected = lines.map { String($0.dropLast().reversed()) + "\n" }.joined()
        var pauses = 0
        let resume = LoopTimer(on: runner.loop) { stream.resumeReading() }
        recorder.onReceived = { stream in
            pauses += 1
            guard pauses % 7 == 0 else { return }
            stream.pauseReading()
            resume.start(after: 1)
        }
        stream.connect(
            to: .tcp(host: "localhost", port: server.port),
            tls: TLSClientSettings(authorityFile: authority.certificateFile))
        stream.write(Array(lines[0].utf8))
        recorder.onOpened = { stream in
            for line in lines[1...] { stream.write(Array(line.utf8)) }
        }
        runner.run(until: "all is back") {
            recorder.received.count >= expected.utf8.count || recorder.isClosed
        }
        #expect(recorder.error == nil)
        let isSame = recorder.text == expected
        #expect(isSame)
        stream.close()
        resume.close()
        runner.close()
    }

    @Test("an orderly end has no error, a connection that is cut off has one")
    func endings() throws {
        defer { folder.remove() }
        let server = try TLSEchoServer(authority.issue(for: "DNS:localhost"))
        let runner = try LoopRunner()
        let endpoint = StreamEndpoint.tcp(host: "localhost", port: server.port)
        let settings = TLSClientSettings(authorityFile: authority.certificateFile)
        let (orderly, cut) = (StreamRecorder(), StreamRecorder())
        let first = ByteStream(on: runner.loop)
        first.delegate = orderly
        first.connect(to: endpoint, tls: settings)
        // What s_server -rev takes as the word to end.
        first.write(Array("CLOSE\n".utf8))
        runner.run(until: "ended") { orderly.isClosed }
        #expect(orderly.error == nil)
        let second = ByteStream(on: runner.loop)
        second.delegate = cut
        second.connect(to: endpoint, tls: settings)
        second.write(Array("abc\n".utf8))
        runner.run(until: "connected") { cut.text == "cba\n" }
        server.stop()
        runner.run(until: "cut off") { cut.isClosed }
        #expect(cut.error != nil)
        runner.close()
    }
}
