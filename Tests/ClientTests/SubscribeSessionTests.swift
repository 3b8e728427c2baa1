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

    @Test(
        "where a channel has a history, it goes on from the last message, and says where something is missing"
    )
    func resumes() throws {
        let asked = Received()
        let recorder = try run([try channel("a"), .pattern(try ChannelName(validating: "b*"))]) {
            server, number in
            for _ in 1...2 { asked.append(Array("\(server.receive() ?? "")\n".utf8)) }
            let id = number == 1 ? #","id":"1-x""# : number == 2 ? #","id":"3-x""# : #","id":"1-y""#
            server.send(#"{"type":"subscribed","channel":"a"\#(id),"recovered":\#(number == 2),"ref":1}"#)
            server.send(#"{"type":"subscribed","pattern":"b*","recovered":false,"ref":2}"#)
            let next = number == 1 ? "2-x" : "3-x"
            if number < 3 {
                server.send(
                    #"{"type":"message","channel":"a","id":"\#(next)","event":"m","time":1,"data":"\#(number)"}"#
                )
                server.send(#"{"type":"message","channel":"bc","id":"9-z","event":"m","time":1,"data":"b"}"#)
                // An answer to a ping says that they have arrived.
                server.send(.ping, [])
                _ = server.receive()
                return
            }
            server.send(#"{"type":"unsubscribed","channel":"a","reason":"stopped"}"#)
            server.send(#"{"type":"unsubscribed","pattern":"b*","reason":"stopped"}"#)
            while server.receive() != nil { server.close(.normal) }
        }
        let frames = String(decoding: asked.bytes, as: UTF8.self).split(separator: "\n").filter {
            !$0.contains("b*")
        }
        #expect(
            frames == [
                #"{"type":"subscribe","channel":"a","ref":1}"#,
                #"{"type":"subscribe","channel":"a","since":"2-x","ref":1}"#,
                #"{"type":"subscribe","channel":"a","since":"3-x","ref":1}"#,
            ])
        #expect(recorder.messages == ["1", "b", "2", "b"])
        #expect(recorder.notices.filter { $0.contains("messages of a may be missing") }.count == 1)
        #expect(recorder.error == nil)
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
