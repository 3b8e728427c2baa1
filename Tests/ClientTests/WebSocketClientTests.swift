import EventLoop
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("WebSocketClient")
struct WebSocketClientTests {
    /// Connects to a server that does `serve`, and turns the loop until the connection has ended and the server has
    /// heard what it should.
    private func connect(
        _ settings: (inout WebSocketClient.Settings) -> Void = { _ in },
        recorder: WebSocketRecorder = WebSocketRecorder(), until hasHeard: () -> Bool = { true },
        serve: @escaping @Sendable (SocketPeer) -> Void
    ) throws -> WebSocketRecorder {
        let server = try SocketServer(serve)
        defer { server.stop() }
        let runner = try LoopRunner()
        var options = WebSocketClient.Settings(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)"))
        settings(&options)
        let client = WebSocketClient(on: runner.loop, options)
        client.delegate = recorder
        client.connect()
        runner.run(until: "the connection has ended") { recorder.isClosed && hasHeard() }
        runner.close()
        return recorder
    }

    @Test("messages go both ways, split and fragmented ones too, and the end is in good order")
    func conversation() throws {
        let heard = Received()
        let recorder = WebSocketRecorder()
        recorder.onOpened = { client in
            client.send(text: Array("hello".utf8).span)
            client.send(text: [UInt8](repeating: 0x61, count: 70_000).span)
            client.flush()
        }
        recorder.onReceived = { [unowned recorder] client in
            if recorder.messages.count == 3 { client.close() }
        }
        _ = try connect(recorder: recorder) { peer in
            var server = ScriptedServer(peer)
            heard.append(Array("\(server.receive() ?? "") \(server.receive()?.count ?? 0)".utf8))
            for byte in [0x81, 2, 0x68, 0x69] as [UInt8] { peer.write([byte]) }
            peer.write([0x01, 1, 0x61, 0x89, 0, 0x80, 1, 0x62])
            server.send(String(repeating: "x", count: 100_000))
            heard.append(Array(" \(server.receive() ?? "") \(server.receive() ?? "")".utf8))
            server.close(.normal)
        }
        #expect(recorder.messages.map(\.count) == [2, 2, 100_000])
        #expect(recorder.messages.prefix(2) == ["hi", "ab"])
        #expect(recorder.error == nil)
        #expect(String(decoding: heard.bytes, as: UTF8.self) == "hello 70000 (pong ) (close 1000)")
    }

    @Test("a refusal tells the server's words, and only 5xx, 408 and 429 are worth another try")
    func refused() throws {
        func refusal(_ head: String, _ body: String) throws -> ClientError? {
            let recorder = try connect { peer in
                _ = ScriptedServer.readRequest(peer)
                peer.write("HTTP/1.1 \(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                // Not closed by the server: the client must not wait for that.
                _ = peer.read()
            }
            return recorder.error
        }
        let forbidden = try refusal(
            "403 Forbidden", #"{"error":{"code":"forbidden","message":"not you\u001b"}}"#)
        #expect(forbidden?.description.hasSuffix("403 not you\u{FFFD}") == true)
        #expect(forbidden?.isTransient == false)
        let away = try refusal("503 Service Unavailable", "<html>")
        #expect(away?.description.hasSuffix("503 Service Unavailable") == true)
        #expect(away?.isTransient == true)
        #expect(try refusal("429 ", "")?.isTransient == true)
        #expect(try refusal("200 OK", "")?.isTransient == false)
    }

    @Test("an error body without an end is read up to its bound")
    func endlessBody() throws {
        let recorder = try connect { peer in
            _ = ScriptedServer.readRequest(peer)
            peer.write("HTTP/1.1 404 Not Found\r\n\r\n")
            while peer.write([UInt8](repeating: 0x20, count: 4096)) {}
        }
        #expect(recorder.error?.description.hasSuffix("404 Not Found") == true)
    }

    @Test(
        "an answer that is no upgrade is refused",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 101 x\r\n\r\n",
            "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n", "\u{0}",
            "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        ])
    func noUpgrade(_ answer: String) throws {
        let recorder = try connect { peer in
            _ = ScriptedServer.readRequest(peer)
            peer.write(answer)
            _ = peer.read()
        }
        #expect(!recorder.isOpen)
        #expect(recorder.error?.isTransient == false)
    }

    @Test("a server that says nothing is given up")
    func silentInHandshake() throws {
        let recorder = try connect({ $0.connectTimeout = 50 }) { peer in _ = peer.read(exactly: 1 << 20) }
        #expect(recorder.error?.isTransient == true)
        #expect(!recorder.isOpen)
    }

    @Test("a connection on which nothing more comes is pinged, then given up")
    func silentAfterwards() throws {
        let heard = Received()
        let recorder = try connect({ $0.silence = 30 }) { peer in
            var server = ScriptedServer(peer)
            while let message = server.receive() { heard.append(Array(message.utf8)) }
        }
        #expect(recorder.isOpen)
        #expect(recorder.error?.description.hasPrefix("nothing more was heard") == true)
        #expect(recorder.error?.isTransient == true)
        #expect(String(decoding: heard.bytes, as: UTF8.self).hasPrefix("(ping)"))
    }

    @Test("a server that answers pings is kept")
    func keptAlive() throws {
        let recorder = try connect({ $0.silence = 30 }) { peer in
            var server = ScriptedServer(peer)
            for _ in 0..<4 where server.receive() == "(ping)" { server.send(.pong, []) }
            server.close(.goingAway)
            _ = server.receive()
        }
        #expect(recorder.error?.description.contains("1001") == true)
    }

    @Test(
        "a close tells its reason and whether to come back",
        arguments: [
            (CloseCode.goingAway, true), (.tooSlow, true), (.policyViolation, false), (.tokenExpired, false),
        ])
    func closed(_ code: CloseCode, _ isTransient: Bool) throws {
        let heard = Received()
        let recorder = try connect(until: { heard.count > 0 }) { peer in
            var server = ScriptedServer(peer)
            server.close(code)
            heard.append(Array((server.receive() ?? "").utf8))
        }
        #expect(recorder.error?.isTransient == isTransient)
        #expect(recorder.error?.description.contains("(\(code.rawValue))") == true)
        #expect(String(decoding: heard.bytes, as: UTF8.self) == "(close \(code.rawValue))")
    }

    @Test(
        "a server that breaks the protocol is told so and left",
        arguments: [
            ([0x81, 0x81, 0, 0, 0, 0, 0x61], 1002), ([0xC1, 1, 0x61], 1002), ([0x83, 0], 1002),
            ([0x80, 0], 1002),
            ([0x81, 2, 0xC3, 0x28], 1007), ([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0], 1009), ([0x88, 1, 3], 1002),
        ] as [([UInt8], Int)])
    func protocolErrors(_ bytes: [UInt8], _ code: Int) throws {
        let heard = Received()
        let recorder = try connect(until: { heard.count > 0 }) { peer in
            var server = ScriptedServer(peer)
            peer.write(bytes)
            heard.append(Array((server.receive() ?? "").utf8))
        }
        #expect(recorder.error?.isTransient == false)
        #expect(String(decoding: heard.bytes, as: UTF8.self) == "(close \(code))")
    }

    @Test("a connection that breaks is lost, and worth another try")
    func broken() throws {
        let recorder = try connect { peer in
            _ = ScriptedServer(peer)
            peer.resetOnClose()
        }
        #expect(recorder.isOpen)
        #expect(recorder.error?.isTransient == true)
    }

    @Test("nobody listening is an error that names the address")
    func unreachable() throws {
        let server = try SocketServer { _ in }
        let port = server.port
        server.stop()
        let runner = try LoopRunner()
        let recorder = WebSocketRecorder()
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let client = WebSocketClient(
            on: runner.loop, .init(url: try ServerURL(parsing: "unix:\(folder.path("nobody"))")))
        client.delegate = recorder
        client.connect()
        runner.run(until: "it has failed") { recorder.isClosed }
        #expect(recorder.error?.description.contains("nobody") == true)
        #expect(port > 0)
        runner.close()
    }
}
