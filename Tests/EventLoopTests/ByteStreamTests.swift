import EventLoop
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("ByteStream")
struct ByteStreamTests {
    private static func echo(_ peer: SocketPeer) {
        while case let bytes = peer.read(), !bytes.isEmpty, peer.write(bytes) {}
    }

    @Test(
        "bytes go out and come back, over TCP by address and by name", arguments: ["127.0.0.1", "localhost"])
    func echoOverTCP(host: String) throws {
        let server = try SocketServer(Self.echo)
        defer { server.stop() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connect(to: .tcp(host: host, port: server.port))
        #expect(recorder.callCount == 0, "connect calls back later, never at once")
        stream.write(Array("early ".utf8))
        #expect(stream.unsentBytes == 6)
        recorder.onOpened = { $0.write(Array("and late".utf8)) }
        runner.run(until: "the echo is back") { recorder.text == "early and late" }
        #expect(stream.unsentBytes == 0)
        stream.close()
        runner.close()
    }

    @Test("bytes go out and come back over a unix socket")
    func echoOverUnixSocket() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let server = try SocketServer(path: folder.path("s"), Self.echo)
        defer { server.stop() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connect(to: .unix(path: folder.path("s")))
        stream.write([1, 0, 255])
        runner.run(until: "the echo is back") { recorder.received == [1, 0, 255] }
        stream.close()
        runner.close()
    }

    @Test("more than the socket holds is kept, sent in order, and its end announced")
    func backpressure() throws {
        let (gate, arrived) = (Gate(), Received())
        let server = try SocketServer { peer in
            gate.wait()
            while case let bytes = peer.read(), !bytes.isEmpty { arrived.append(bytes) }
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connect(to: .tcp(host: "127.0.0.1", port: server.port))
        runner.run(until: "connected") { recorder.isOpen }
        var expected: [UInt8] = []
        for round in 0..<64 {
            let piece = (0..<262_144).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ round) }
            stream.write(piece)
            expected += piece
        }
        #expect(stream.unsentBytes > 0)
        #expect(recorder.drainedCount == 0)
        gate.open()
        runner.run(until: "all sent") { recorder.drainedCount > 0 }
        #expect(stream.unsentBytes == 0)
        runner.run(until: "all arrived") { arrived.count == expected.count }
        let isSame = arrived.bytes == expected
        #expect(isSame)
        stream.close()
        runner.close()
    }

    @Test("a refused connection is told with the endpoint and the reason")
    func refused() throws {
        let server = try SocketServer { _ in }
        server.stop()
        let runner = try LoopRunner()
        for host in ["127.0.0.1", "localhost"] {
            let recorder = StreamRecorder()
            let stream = ByteStream(on: runner.loop)
            stream.delegate = recorder
            stream.connect(to: .tcp(host: host, port: server.port))
            runner.run(until: "refused") { recorder.isClosed }
            let error = try #require(recorder.error)
            #expect(error.description.contains("cannot connect to \(host):\(server.port)"))
            #expect(error.description.contains("connection refused"))
            #expect(stream.delegate == nil)
        }
        runner.close()
    }

    @Test(
        "what cannot be connected to is told later, not during connect",
        arguments: [
            StreamEndpoint.tcp(host: "no-such-host.invalid", port: 1), .tcp(host: "", port: 1),
            .unix(path: "/nonexistent/socket"), .unix(path: String(repeating: "x", count: 200)),
            .tcp(host: "255.255.255.255", port: 1),
        ])
    func unreachable(endpoint: StreamEndpoint) throws {
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connect(to: endpoint)
        #expect(recorder.callCount == 0)
        runner.run(until: "told") { recorder.isClosed }
        #expect(recorder.error?.description.contains("cannot connect to \(endpoint)") == true)
        runner.close()
    }

    @Test("an address that does not answer is given up after the time limit")
    func connectTimeout() throws {
        // A listener whose queue is full does not answer on loopback.
        let stopped = try StuckListener()
        defer { stopped.close() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        stream.connectTimeout = 50
        stream.connect(to: .tcp(host: "127.0.0.1", port: stopped.port))
        runner.run(until: "given up") { recorder.isClosed }
        #expect(recorder.error?.description.contains("timed out") == true)
        runner.close()
    }

    @Test("an orderly end has no error; a reset has one that names the peer")
    func endings() throws {
        let orderly = try SocketServer { $0.write("bye") }
        let reset = try SocketServer { peer in
            _ = peer.read(exactly: 1)
            peer.resetOnClose()
        }
        defer {
            orderly.stop()
            reset.stop()
        }
        let runner = try LoopRunner()
        let (first, second) = (StreamRecorder(), StreamRecorder())
        let streams = [ByteStream(on: runner.loop), ByteStream(on: runner.loop)]
        streams[0].delegate = first
        streams[0].connect(to: .tcp(host: "127.0.0.1", port: orderly.port))
        streams[1].delegate = second
        streams[1].connect(to: .tcp(host: "127.0.0.1", port: reset.port))
        streams[1].write([1])
        runner.run(until: "both ended") { first.isClosed && second.isClosed }
        #expect(first.text == "bye")
        #expect(first.error == nil)
        #expect(second.error?.description.contains("127.0.0.1:\(reset.port) broke: connection reset") == true)
        runner.close()
    }

    @Test("a paused stream receives nothing until it is resumed")
    func pausing() throws {
        let server = try SocketServer { peer in
            peer.write("first")
            _ = peer.read(exactly: 1)
            peer.write("second")
            _ = peer.read(exactly: 1)
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        let recorder = StreamRecorder()
        let stream = ByteStream(on: runner.loop)
        stream.delegate = recorder
        recorder.onReceived = {
            $0.pauseReading()
            $0.write([1])
        }
        stream.connect(to: .tcp(host: "127.0.0.1", port: server.port))
        runner.run(until: "the first") { recorder.text == "first" }
        runner.run(forMilliseconds: 50)
        #expect(recorder.text == "first")
        recorder.onReceived = { _ in }
        stream.resumeReading()
        runner.run(until: "the second") { recorder.text == "firstsecond" }
        stream.close()
        runner.close()
    }

    @Test("close() silences the stream at once, in every delegate call and at every stage")
    func closingAnywhere() throws {
        let server = try SocketServer(Self.echo)
        defer { server.stop() }
        let runner = try LoopRunner()
        let endpoint = StreamEndpoint.tcp(host: "127.0.0.1", port: server.port)

        func stream(_ recorder: StreamRecorder) -> ByteStream {
            let stream = ByteStream(on: runner.loop)
            stream.delegate = recorder
            return stream
        }
        // Before, while resolving, while connecting.
        let early = StreamRecorder()
        stream(early).close()
        for endpoint in [StreamEndpoint.tcp(host: "localhost", port: server.port), endpoint] {
            let connecting = stream(early)
            connecting.connect(to: endpoint)
            connecting.close()
        }
        // Let go of without closing.
        stream(early).connect(to: endpoint)
        // In the calls.
        let opened = StreamRecorder()
        opened.onOpened = { $0.close() }
        let first = stream(opened)
        first.connect(to: endpoint)
        let received = StreamRecorder()
        var callsWhenClosed = 0
        received.onReceived = { [unowned received] in
            $0.close()
            callsWhenClosed = received.callCount
        }
        let second = stream(received)
        second.connect(to: endpoint)
        second.write([1])
        let refused = StreamRecorder()
        refused.onClosed = { $0.close() }
        let third = stream(refused)
        third.connect(to: .unix(path: "/nonexistent"))
        runner.run(until: "each was called once") {
            opened.callCount > 0 && refused.callCount > 0 && callsWhenClosed > 0
        }
        runner.run(forMilliseconds: 30)
        #expect(early.callCount == 0)
        #expect(opened.callCount == 1)
        #expect(received.callCount == callsWhenClosed)
        #expect(refused.callCount == 1)
        runner.close()
    }

    @Test("close() drops a large write that is under way")
    func closeWhileWriting() throws {
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
        stream.connect(to: .tcp(host: "127.0.0.1", port: server.port))
        runner.run(until: "connected") { recorder.isOpen }
        stream.write([UInt8](repeating: 7, count: 32 << 20))
        #expect(stream.unsentBytes > 0)
        stream.close()
        #expect(stream.unsentBytes == 0)
        runner.close()
        #expect(recorder.callCount == 1)
    }
}
