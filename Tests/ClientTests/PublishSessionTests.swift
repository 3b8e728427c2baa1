import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("PublishSession")
struct PublishSessionTests {
    private struct Outcome {
        var error: ClientError?
        var notices: [String] = []
        /// What the server heard, one line a frame.
        var heard: [String] = []
    }

    /// Publishes `input`'s lines (or a single message) to a server until the session ends.
    private func run(
        lines: [UInt8]? = nil, message: String = "", isJSON: Bool = false, keys: IdempotencyKeys? = nil,
        endsInput: Bool = true, interrupt: ((Outcome) -> Bool)? = nil,
        serve: @escaping @Sendable (inout ScriptedServer, (String) -> Void) -> Void
    ) throws -> Outcome {
        let heard = Received()
        let server = try SocketServer { peer in
            var server = ScriptedServer(peer)
            serve(&server) { heard.append(Array("\($0)\n".utf8)) }
        }
        defer { server.stop() }
        var outcome = Outcome()
        let runner = try LoopRunner()
        var source = MessageSource.Kind.message(Array(message.utf8))
        var pipe: [Int32] = [0, 0]
        if let lines {
            #expect(unsafe Glibc.pipe(&pipe) == 0)
            // The whole of it fits into a pipe.
            #expect(unsafe write(pipe[1], lines, lines.count) == lines.count)
            if endsInput { Glibc.close(pipe[1]) }
            source = .lines(descriptor: pipe[0])
        }
        var hasEnded = false
        let session = try PublishSession(
            on: runner.loop, .init(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)")),
            .channel(try ChannelName(validating: "c"), event: nil, keys: keys),
            input: PublishInput(isJSON: isJSON), source: source,
            notice: { outcome.notices.append($0) },
            ended: { error in
                outcome.error = error
                hasEnded = true
            })
        session.start()
        if let interrupt {
            runner.run(until: "it is time to interrupt it") {
                outcome.heard = Self.lines(heard)
                return interrupt(outcome)
            }
            session.interrupt()
        }
        runner.run(until: "the session has ended") { hasEnded }
        runner.close()
        if !endsInput { Glibc.close(pipe[1]) }
        outcome.heard = Self.lines(heard)
        return outcome
    }

    private static func lines(_ heard: Received) -> [String] {
        String(decoding: heard.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Answers every publish with `published`.
    private static func acknowledge(_ server: inout ScriptedServer, _ note: (String) -> Void) {
        var ref = 0
        while let frame = server.receive() {
            note(frame)
            if frame.hasPrefix("(close") { return server.close(.normal) }
            ref += 1
            server.send(#"{"type":"published","ref":\#(ref)}"#)
        }
    }

    @Test("a message is published, acknowledged, and the connection ended")
    func single() throws {
        let outcome = try run(message: "hi", serve: Self.acknowledge)
        #expect(outcome.error == nil)
        #expect(outcome.heard == [#"{"type":"publish","channel":"c","data":"hi","ref":1}"#, "(close 1000)"])
    }

    @Test("each line is a message, in order, more of them than the window")
    func lines() throws {
        let count = 3000
        let lines = (1...count).map(String.init).joined(separator: "\n") + "\n\nlast"
        let outcome = try run(lines: Array(lines.utf8), serve: Self.acknowledge)
        #expect(outcome.error == nil)
        let expected = (1...count).map(String.init) + ["", "last"]
        #expect(
            outcome.heard.dropLast()
                == expected.enumerated().map {
                    #"{"type":"publish","channel":"c","data":"\#($1)","ref":\#($0 + 1)}"#
                }[...])
    }

    @Test("no lines are no messages, and no failure")
    func noLines() throws {
        let outcome = try run(lines: [], serve: Self.acknowledge)
        #expect(outcome.error == nil)
        #expect(outcome.heard == ["(close 1000)"])
    }

    @Test("at most a window of messages is unanswered")
    func window() throws {
        let outcome = try run(lines: Array(String(repeating: "x\n", count: 1000).utf8)) { server, note in
            // Nothing is answered until no more comes within the window.
            for _ in 0..<256 { _ = server.receive() }
            note("256 came")
            for ref in 1...256 { server.send(#"{"type":"published","ref":\#(ref)}"#) }
            for ref in 257...1000 {
                _ = server.receive()
                server.send(#"{"type":"published","ref":\#(ref)}"#)
            }
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error == nil)
        #expect(outcome.heard == ["256 came"])
    }

    @Test("a line that is not JSON is named, and those before it are published")
    func badLine() throws {
        let outcome = try run(lines: Array("1\n2\n{\n4\n".utf8), isJSON: true, serve: Self.acknowledge)
        #expect(outcome.error?.description.hasPrefix("line 3 is not JSON") == true)
        #expect(outcome.error?.description.hasSuffix("2 published") == true)
        #expect(outcome.heard.count == 3)
    }

    @Test("a line that is not UTF-8 is named")
    func notUTF8() throws {
        let outcome = try run(lines: [0x61, 0x0A, 0xFF, 0x0A], serve: Self.acknowledge)
        #expect(outcome.error?.description.hasPrefix("line 2 is not valid UTF-8") == true)
    }

    @Test("a refused message ends it with the server's words")
    func refused() throws {
        let outcome = try run(lines: Array("1\n2\n3\n".utf8)) { server, _ in
            for _ in 1...3 { _ = server.receive() }
            server.send(#"{"type":"published","ref":1}"#)
            server.send(#"{"type":"error","code":"forbidden","message":"not here","ref":2}"#)
            server.send(#"{"type":"published","ref":3}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error?.description == "line 2: not here (forbidden); 2 published")
    }

    private static let keys = IdempotencyKeys(session: "k")

    private static func frame(_ data: String, _ ref: Int) -> String {
        #"{"type":"publish","channel":"c","key":"k-\#(ref)","data":"\#(data)","ref":\#(ref)}"#
    }

    @Test(
        "what was not acknowledged when the connection was lost is sent again, in order, with the same keys")
    func resent() throws {
        let connections = Mutex(0)
        let outcome = try run(lines: Array("1\n2\n3\n".utf8), keys: Self.keys) { server, note in
            let number = connections.withLock { number in
                number += 1
                return number
            }
            if number == 1 {
                for _ in 1...3 { note(server.receive() ?? "") }
                server.send(#"{"type":"published","ref":2}"#)
                return
            }
            for ref in [1, 3] {
                note(server.receive() ?? "")
                server.send(#"{"type":"published","ref":\#(ref)}"#)
            }
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error == nil)
        #expect(
            outcome.heard == [
                Self.frame("1", 1), Self.frame("2", 2), Self.frame("3", 3), Self.frame("1", 1),
                Self.frame("3", 3),
            ])
        #expect(outcome.notices.count == 2)
        #expect(outcome.notices.last?.hasSuffix("again") == true)
    }

    @Test("a single message is sent again, too")
    func singleResent() throws {
        let connections = Mutex(0)
        let outcome = try run(message: "x", keys: Self.keys) { server, note in
            let isFirst = connections.withLock { number in
                number += 1
                return number == 1
            }
            note(server.receive() ?? "")
            if isFirst { return }
            server.send(#"{"type":"published","ref":1}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error == nil)
        #expect(outcome.heard == [Self.frame("x", 1), Self.frame("x", 1)])
    }

    @Test("lines that the broker cannot take are sent again after a while, before any new ones")
    func postponed() throws {
        let outcome = try run(lines: Array("1\n2\n".utf8), keys: Self.keys) { server, note in
            for _ in 1...2 { note(server.receive() ?? "") }
            server.send(#"{"type":"error","code":"unavailable","message":"away","ref":1}"#)
            server.send(#"{"type":"error","code":"unavailable","message":"away","ref":2}"#)
            for ref in 1...2 {
                note(server.receive() ?? "")
                server.send(#"{"type":"published","ref":\#(ref)}"#)
            }
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error == nil)
        #expect(
            outcome.heard == [Self.frame("1", 1), Self.frame("2", 2), Self.frame("1", 1), Self.frame("2", 2)])
        #expect(outcome.notices.count == 1)
        #expect(outcome.notices.first?.contains("away (unavailable); trying again in") == true)
    }

    @Test("a single message that the broker cannot take is a failure at once")
    func unavailable() throws {
        let outcome = try run(message: "x", keys: Self.keys) { server, _ in
            _ = server.receive()
            server.send(#"{"type":"error","code":"unavailable","message":"away","ref":1}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.error?.description == "away (unavailable)")
    }

    @Test("an interruption waits for what was read, and drops half a line")
    func interrupted() throws {
        let gate = Gate()
        let outcome = try run(
            lines: Array("1\n2\nhalf".utf8), keys: Self.keys, endsInput: false,
            interrupt: { outcome in
                guard outcome.heard.count == 2 else { return false }
                gate.open()
                return true
            },
            serve: { server, note in
                for _ in 1...2 { note(server.receive() ?? "") }
                gate.wait()
                for ref in 1...2 { server.send(#"{"type":"published","ref":\#(ref)}"#) }
                note(server.receive() ?? "")
                server.close(.normal)
            })
        #expect(outcome.error == nil)
        #expect(outcome.heard == [Self.frame("1", 1), Self.frame("2", 2), "(close 1000)"])
    }

    @Test("without keys, a connection lost with messages in flight is a failure that says so")
    func lost() throws {
        let outcome = try run(lines: Array("1\n2\n".utf8)) { server, _ in
            for _ in 1...2 { _ = server.receive() }
            server.send(#"{"type":"published","ref":1}"#)
        }
        #expect(outcome.error?.description.contains("one message more is not known") == true)
        #expect(outcome.error?.description.hasSuffix("1 published") == true)
    }

    @Test("a server that refuses the connection is an error at once")
    func unreachable() throws {
        let server = try SocketServer { peer in
            _ = ScriptedServer.readRequest(peer)
            peer.write("HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n")
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        var error: ClientError?
        let session = try PublishSession(
            on: runner.loop, .init(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)")),
            .channel(try ChannelName(validating: "c"), event: nil, keys: nil),
            input: PublishInput(isJSON: false), source: .message([]), notice: { _ in }, ended: { error = $0 })
        session.start()
        runner.run(until: "it has failed") { error != nil }
        #expect(error?.description.contains("503") == true)
        runner.close()
    }
}
