import EventLoop
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("SubscribeSession")
struct SubscribeSessionTests {
    /// Runs a session against a server until it ends by itself.
    private func run(
        _ topics: [Topic], reconnects: Bool = true,
        serve: @escaping @Sendable (inout ScriptedServer, Int) -> Void
    ) throws -> SubscribeRecorder {
        let connections = Mutex(0)
        let server = try SocketServer { peer in
            let number = connections.withLock { number in
                number += 1
                return number
            }
            var server = ScriptedServer(peer)
            serve(&server, number)
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        let url = try ServerURL(parsing: "http://127.0.0.1:\(server.port)")
        let session = SubscribeSession(
            on: runner.loop, .init(url: url), topics: topics, reconnects: reconnects)
        let recorder = SubscribeRecorder()
        session.delegate = recorder
        session.start()
        runner.run(until: "the session has ended") { recorder.hasEnded }
        runner.close()
        return recorder
    }

    private static func message(_ text: String) -> String {
        #"{"type":"message","channel":"a","event":"message","time":1,"data":"\#(text)"}"#
    }

    private func channel(_ name: String) throws -> Topic { .channel(try ChannelName(validating: name)) }

    @Test("every topic is asked for; a stopped one is over, and when all are, so is the session")
    func stopped() throws {
        let topics = [try channel("a"), .pattern(try ChannelName(validating: "b*"))]
        let asked = Received()
        let recorder = try run(topics) { server, _ in
            for ref in 1...2 {
                asked.append(Array((server.receive() ?? "").utf8))
                server.send(#"{"type":"subscribed","ref":\#(ref)}"#)
            }
            server.send(Self.message("one"))
            server.send(#"{"type":"unsubscribed","channel":"a","reason":"stopped"}"#)
            server.send(#"{"type":"gap","channel":"a","since":"1-x"}"#)
            server.send(Self.message("two"))
            server.send(#"{"type":"unsubscribed","pattern":"b*","reason":"stopped"}"#)
            while server.receive() != nil { server.close(.normal) }
        }
        #expect(
            String(decoding: asked.bytes, as: UTF8.self)
                == #"{"type":"subscribe","channel":"a","ref":1}{"type":"subscribe","pattern":"b*","ref":2}"#)
        #expect(recorder.messages == ["one", "two"])
        #expect(recorder.subscribedCount == 1)
        #expect(recorder.notices == ["messages of a are missing: its history could not give them"])
        #expect(recorder.error == nil)
    }

    @Test("a lost connection is made again, and a stopped topic is not asked for again")
    func reconnects() throws {
        let asked = Received()
        let recorder = try run([try channel("a"), try channel("b")]) { server, number in
            asked.append(Array("\(number):\(server.receive() ?? "")".utf8))
            server.send(#"{"type":"subscribed","ref":1}"#)
            if number == 1 {
                _ = server.receive()
                server.send(#"{"type":"subscribed","ref":2}"#)
                server.send(#"{"type":"unsubscribed","channel":"a","reason":"stopped"}"#)
                return
            }
            server.send(Self.message("back"))
            server.send(#"{"type":"unsubscribed","channel":"b","reason":"stopped"}"#)
            while server.receive() != nil { server.close(.normal) }
        }
        #expect(
            String(decoding: asked.bytes, as: UTF8.self)
                == #"1:{"type":"subscribe","channel":"a","ref":1}2:{"type":"subscribe","channel":"b","ref":1}"#
        )
        #expect(recorder.messages == ["back"])
        #expect(recorder.subscribedCount == 2)
        #expect(recorder.notices.count == 2)
        #expect(recorder.notices.last?.hasSuffix("again") == true)
        #expect(recorder.error == nil)
    }

    private static func message(_ id: String, _ data: String) -> String {
        #"{"type":"message","channel":"a","id":"\#(id)","event":"m","time":1,"data":"\#(data)"}"#
    }

    /// What the server is asked and what it answers on one connection: `?` is asked, anything else is sent.
    private static func play(_ lines: [String], on server: inout ScriptedServer, _ asked: Received) {
        for line in lines {
            if line == "?" {
                asked.append(Array("\(server.receive() ?? "")\n".utf8))
            } else {
                server.send(line)
            }
        }
        // An answer to a ping says that all has arrived.
        server.send(.ping, [])
        _ = server.receive()
    }

    private func resume(_ connections: [[String]]) throws -> (recorder: SubscribeRecorder, asked: [String]) {
        let asked = Received()
        let recorder = try run([try channel("a")]) { server, number in
            let isLast = number == connections.count
            Self.play(connections[number - 1], on: &server, asked)
            guard isLast else { return }
            server.send(#"{"type":"unsubscribed","channel":"a","reason":"stopped"}"#)
            while server.receive() != nil { server.close(.normal) }
        }
        let frames = String(decoding: asked.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        return (recorder, frames)
    }

    private static func subscribed(_ id: String, recovered: Bool = false) -> String {
        #"{"type":"subscribed","channel":"a","id":"\#(id)","recovered":\#(recovered),"ref":1}"#
    }

    @Test("where a channel has a history, it goes on from the last message")
    func resumes() throws {
        let (recorder, asked) = try resume([
            ["?", Self.subscribed("1-x"), Self.message("2-x", "two")],
            ["?", Self.subscribed("3-x", recovered: true), Self.message("3-x", "three")],
            ["?", Self.subscribed("3-x", recovered: true)],
        ])
        #expect(
            asked == [
                #"{"type":"subscribe","channel":"a","ref":1}"#,
                #"{"type":"subscribe","channel":"a","since":"2-x","ref":1}"#,
                #"{"type":"subscribe","channel":"a","since":"3-x","ref":1}"#,
            ])
        #expect(recorder.messages == ["two", "three"])
        #expect(recorder.notices.filter { $0.contains("missing") }.isEmpty)
        #expect(recorder.error == nil)
    }

    @Test("what the server does not give by itself is read from the history, before what is newer")
    func readsHistory() throws {
        let pages = [
            #"{"type":"history","channel":"a","messages":[\#(Self.message("2-x", "two")),"#
                + #"\#(Self.message("3-x", "three"))],"complete":false,"id":"4-x","ref":2}"#,
            #"{"type":"history","channel":"a","messages":[\#(Self.message("4-x", "four"))],"#
                + #""complete":true,"id":"4-x","ref":3}"#,
        ]
        let (recorder, asked) = try resume([
            ["?", Self.subscribed("1-x")],
            [
                "?", Self.subscribed("4-x"), Self.message("5-x", "five"), "?", pages[0], "?",
                Self.message("6-x", "six"), pages[1], Self.message("7-x", "seven"),
            ],
        ])
        #expect(
            asked.dropFirst(2) == [
                #"{"type":"history","channel":"a","since":"1-x","limit":1000,"ref":2}"#,
                #"{"type":"history","channel":"a","since":"3-x","limit":1000,"ref":3}"#,
            ])
        #expect(recorder.messages == ["two", "three", "four", "five", "six", "seven"])
        #expect(recorder.notices.filter { $0.contains("missing") }.isEmpty)
    }

    @Test("a history that was forgotten is told of, and the new one read")
    func forgotten() throws {
        let (recorder, asked) = try resume([
            ["?", Self.subscribed("9-x")],
            [
                "?", Self.subscribed("1-y"), "?",
                #"{"type":"history","channel":"a","messages":[],"complete":false,"id":"1-y","ref":2}"#, "?",
                #"{"type":"history","channel":"a","messages":[\#(Self.message("1-y", "one"))],"#
                    + #""complete":true,"id":"1-y","ref":3}"#,
            ],
        ])
        #expect(asked.last == #"{"type":"history","channel":"a","limit":1000,"ref":3}"#)
        #expect(recorder.messages == ["one"])
        #expect(
            recorder.notices.filter { $0.contains("missing") } == [
                "messages of a may be missing: its history was forgotten and begins anew"
            ])
    }

    @Test("a history that cannot be read any more is told of, and the session goes on")
    func historyRefused() throws {
        let (recorder, _) = try resume([
            ["?", Self.subscribed("1-x")],
            [
                "?", Self.subscribed("4-x"), "?", Self.message("5-x", "five"),
                #"{"type":"error","code":"not_found","message":"no history","ref":2}"#,
                Self.message("6-x", "six"),
            ],
        ])
        #expect(recorder.messages == ["five", "six"])
        #expect(recorder.notices.filter { $0.contains("may be missing") }.count == 1)
        #expect(recorder.error == nil)
    }

    @Test("a history that cannot be read just now is read over the next connection")
    func historyUnavailable() throws {
        let (recorder, asked) = try resume([
            ["?", Self.subscribed("1-x")],
            [
                "?", Self.subscribed("2-x"), "?",
                #"{"type":"error","code":"unavailable","message":"away","ref":2}"#,
            ],
            ["?", Self.subscribed("2-x", recovered: true), Self.message("2-x", "two")],
        ])
        #expect(asked.last == #"{"type":"subscribe","channel":"a","since":"1-x","ref":1}"#)
        #expect(recorder.messages == ["two"])
        #expect(recorder.notices.filter { $0.contains("missing") }.isEmpty)
    }

    @Test("without reconnection, the first loss is the end")
    func noReconnection() throws {
        let recorder = try run([try channel("a")], reconnects: false) { server, _ in _ = server.receive() }
        #expect(recorder.error != nil)
        #expect(recorder.notices.isEmpty)
    }

    @Test("a refusal ends the session with the server's words")
    func refused() throws {
        let recorder = try run([try channel("a")]) { server, _ in
            _ = server.receive()
            server.send(#"{"type":"error","code":"forbidden","message":"not this one","ref":1}"#)
            _ = server.receive()
        }
        #expect(recorder.error?.description.hasSuffix("not this one (forbidden)") == true)
    }

    @Test("a broker that is away is asked again")
    func brokerAway() throws {
        let recorder = try run([try channel("a")]) { server, number in
            _ = server.receive()
            if number == 1 {
                server.send(#"{"type":"error","code":"unavailable","message":"away","ref":1}"#)
            } else {
                server.send(#"{"type":"subscribed","ref":1}"#)
                server.send(#"{"type":"unsubscribed","channel":"a","reason":"stopped"}"#)
            }
            while server.receive() != nil { server.close(.normal) }
        }
        #expect(recorder.notices.first?.contains("away (unavailable)") == true)
        #expect(recorder.error == nil)
    }

    @Test("a topic that is no longer allowed ends the session with an error")
    func forbidden() throws {
        let recorder = try run([try channel("a")]) { server, _ in
            _ = server.receive()
            server.send(#"{"type":"unsubscribed","channel":"a","reason":"forbidden"}"#)
            _ = server.receive()
        }
        #expect(recorder.error?.description.hasSuffix("no longer allows a") == true)
    }

    @Test("a frame that is not JSON ends the session")
    func notJSON() throws {
        let recorder = try run([try channel("a")]) { server, _ in
            _ = server.receive()
            server.send("hello")
            _ = server.receive()
        }
        #expect(recorder.error?.description.contains("not JSON") == true)
    }
}
