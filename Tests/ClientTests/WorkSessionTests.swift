import EventLoop
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("WorkSession")
struct WorkSessionTests {
    private struct Outcome {
        let recorder: WorkRecorder
        /// What the server heard, one line a frame, the connection's number before it.
        let heard: [String]
    }

    /// Runs a session against a server until it ends.
    private func run(
        _ options: WorkSession.Options = .init(credit: 2, lease: 60),
        work: @escaping (WorkSession, QueueJob) -> Void = { session, job in session.report(job.id, .done) },
        serve: @escaping @Sendable (inout ScriptedServer, Int, (String?) -> Void) -> Void
    ) throws -> Outcome {
        let state = Mutex((connections: 0, heard: [String]()))
        let server = try SocketServer { peer in
            let number = state.withLock { state in
                state.connections += 1
                return state.connections
            }
            var server = ScriptedServer(peer)
            serve(&server, number) { frame in
                if let frame { state.withLock { $0.heard.append("\(number): \(frame)") } }
            }
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        let session = WorkSession(
            on: runner.loop, .init(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)")),
            try ChannelName(validating: "mail"), options)
        let recorder = WorkRecorder()
        recorder.work = { [unowned session] job in work(session, job) }
        session.delegate = recorder
        session.start()
        runner.run(until: "the session has ended") { recorder.hasEnded }
        recorder.work = { _ in }
        runner.close()
        return Outcome(recorder: recorder, heard: state.withLock { $0.heard })
    }

    private static func job(_ id: String, _ data: String) -> String {
        #"{"type":"job","queue":"mail","id":"\#(id)","attempt":1,"data":\#(data)}"#
    }

    private static let working = #"{"type":"working","queue":"mail","credit":2,"ref":1}"#

    @Test("one job is taken, reported, and the connection ended when that is answered")
    func single() throws {
        let outcome = try run(.init(credit: 5, lease: 30, isSingle: true)) { server, _, note in
            note(server.receive())
            server.send(Self.working)
            server.send(Self.job("17-1", #"{"a": 1}"#))
            note(server.receive())
            note(server.receive())
            server.send(#"{"type":"working","queue":"mail","credit":0,"ref":2}"#)
            server.send(#"{"type":"done","queue":"mail","id":"17-1","ref":3}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.recorder.error == nil)
        #expect(outcome.recorder.jobs.map(\.data) == [Array(#"{"a": 1}"#.utf8)])
        #expect(
            outcome.heard == [
                #"1: {"type":"work","queue":"mail","credit":1,"lease":30,"ref":1}"#,
                #"1: {"type":"work","queue":"mail","credit":0,"lease":30,"ref":2}"#,
                #"1: {"type":"done","queue":"mail","id":"17-1","ref":3}"#,
            ])
    }

    @Test("data is text, JSON or bytes")
    func data() throws {
        let outcome = try run(
            work: { session, job in if job.id == "4-1" { session.close() } }
        ) { server, _, _ in
            _ = server.receive()
            server.send(Self.job("1-1", #""say \"hi\"""#))
            server.send(Self.job("2-1", "[1, 2]"))
            server.send(#"{"type":"job","id":"3-1","attempt":7,"encoding":"base64","data":"/wA="}"#)
            server.send(Self.job("4-1", "null"))
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.recorder.error == nil)
        #expect(
            outcome.recorder.jobs.map(\.data) == [
                Array("say \"hi\"".utf8), Array("[1, 2]".utf8), [0xFF, 0x00], Array("null".utf8),
            ])
        #expect(outcome.recorder.jobs.map(\.attempt) == [1, 1, 7, 1])
    }

    @Test("what comes after the credit was taken back is left alone")
    func draining() throws {
        let outcome = try run(
            work: { session, job in
                session.drain()
                session.report(job.id, .retry(delay: 4))
            }
        ) { server, _, note in
            _ = server.receive()
            server.send(Self.job("1-1", "1"))
            server.send(Self.job("2-1", "2"))
            note(server.receive())
            note(server.receive())
            server.send(#"{"type":"retried","queue":"mail","id":"1-1","ref":3}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.recorder.jobs.map(\.id) == ["1-1"])
        #expect(
            outcome.heard == [
                #"1: {"type":"work","queue":"mail","credit":0,"lease":60,"ref":2}"#,
                #"1: {"type":"retry","queue":"mail","id":"1-1","delay":4,"ref":3}"#,
            ])
        #expect(outcome.recorder.error == nil)
    }

    @Test("leases are renewed while the job is worked on, and a lost one is told")
    func renewal() throws {
        let outcome = try run(.init(credit: 2, lease: 1), work: { _, _ in }) { server, _, note in
            _ = server.receive()
            server.send(Self.job("1-1", "1"))
            let renewal = server.receive()
            note(renewal)
            server.send(#"{"type":"renewed","queue":"mail","id":"1-1","lease":1,"ref":2}"#)
            note(server.receive())
            server.send(#"{"type":"error","code":"lease_lost","message":"too late","ref":3}"#)
            server.send(#"{"type":"error","code":"forbidden","message":"enough"}"#)
            _ = server.receive()
        }
        #expect(
            outcome.heard == [
                #"1: {"type":"renew","queue":"mail","id":"1-1","lease":1,"ref":2}"#,
                #"1: {"type":"renew","queue":"mail","id":"1-1","lease":1,"ref":3}"#,
            ])
        #expect(outcome.recorder.notices.first?.contains("the lease of job 1-1 has ended") == true)
        #expect(outcome.recorder.error?.description.hasSuffix("enough (forbidden)") == true)
    }

    @Test("after a reconnection, jobs of before take places until they are reported, and are not reported")
    func reconnection() throws {
        var first: String?
        let outcome = try run(
            work: { session, job in
                guard let old = first else { return first = job.id }
                session.report(old, .done)
                session.report(job.id, .done)
                session.drain()
            }
        ) { server, number, note in
            note(server.receive())
            if number == 1 {
                server.send(Self.working)
                server.send(Self.job("1-1", "1"))
                // An answer to a ping says that the job has arrived.
                server.send(.ping, [])
                _ = server.receive()
                return
            }
            server.send(Self.working)
            server.send(Self.job("1-2", "1"))
            for _ in 1...3 { note(server.receive()) }
            server.send(#"{"type":"done","ref":4}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.recorder.error == nil)
        #expect(
            outcome.heard.map { $0.replacing(#""queue":"mail","#, with: "") } == [
                #"1: {"type":"work","credit":2,"lease":60,"ref":1}"#,
                #"2: {"type":"work","credit":1,"lease":60,"ref":2}"#,
                #"2: {"type":"work","credit":2,"lease":60,"ref":3}"#,
                #"2: {"type":"done","id":"1-2","ref":4}"#,
                #"2: {"type":"work","credit":0,"lease":60,"ref":5}"#,
            ])
        #expect(outcome.recorder.notices.contains { $0.hasPrefix("one job, not finished") })
        #expect(outcome.recorder.notices.contains { $0.hasSuffix("again") })
    }

    @Test("a report that the broker could not take is made again")
    func postponed() throws {
        let outcome = try run(.init(credit: 1, lease: 60, isSingle: true)) { server, _, note in
            _ = server.receive()
            server.send(Self.job("1-1", "1"))
            _ = server.receive()
            note(server.receive())
            server.send(#"{"type":"error","code":"unavailable","message":"away","ref":3}"#)
            note(server.receive())
            server.send(#"{"type":"done","ref":4}"#)
            if server.receive() == "(close 1000)" { server.close(.normal) }
        }
        #expect(outcome.recorder.error == nil)
        #expect(outcome.heard.count == 2)
        #expect(outcome.heard.allSatisfy { $0.contains(#""type":"done""#) && $0.contains(#""id":"1-1""#) })
    }

    @Test("a refusal of the work is the end, with the server's words")
    func refused() throws {
        let outcome = try run { server, _, _ in
            _ = server.receive()
            server.send(#"{"type":"error","code":"bad_request","message":"no list","ref":1}"#)
            _ = server.receive()
        }
        #expect(outcome.recorder.error?.description.hasSuffix("no list (bad_request)") == true)
    }

    @Test(
        "frames that no server should send end it",
        arguments: [
            "x", #"{"type":"job","attempt":1,"data":1}"#, #"{"type":"job","id":"1-1","attempt":0,"data":1}"#,
            #"{"type":"job","id":"a b","attempt":1,"data":1}"#, #"{"type":"job","id":"1-1","attempt":1}"#,
        ])
    func hostile(_ frame: String) throws {
        let outcome = try run { server, _, _ in
            _ = server.receive()
            server.send(frame)
            _ = server.receive()
        }
        #expect(outcome.recorder.error != nil)
        #expect(outcome.recorder.jobs.isEmpty)
    }

    @Test("more jobs than were asked for end it")
    func tooMany() throws {
        let outcome = try run(work: { _, _ in }) { server, _, _ in
            _ = server.receive()
            for number in 1...100 { server.send(Self.job("\(number)-1", "1")) }
            _ = server.receive()
        }
        #expect(outcome.recorder.error?.description.contains("more jobs than it was asked for") == true)
    }
}
