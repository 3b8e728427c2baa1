import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("CommandRunner")
struct CommandRunnerTests {
    private struct Outcome {
        var error: ClientError?
        var notices: [String] = []
        /// What the server heard, one line a frame.
        var heard: [String] = []
    }

    /// Runs a worker whose program is a shell script, in a folder of its own that the script finds in `$1`, against a
    /// server until it ends.
    /// - Parameter interruptedWhen: when a file of this name appears in the folder, the worker is interrupted; once for
    ///   each file.
    private func run(
        _ script: String, _ options: WorkSession.Options = .init(credit: 2, lease: 60),
        program: [String]? = nil,
        interruptedWhen files: [String] = [], folder: TemporaryFolder? = nil,
        serve: @escaping @Sendable (inout ScriptedServer, (String?) -> Void) -> Void
    ) throws -> Outcome {
        let folder = try folder ?? TemporaryFolder()
        defer { folder.remove() }
        let heard = Mutex<[String]>([])
        let server = try SocketServer { peer in
            var server = ScriptedServer(peer)
            serve(&server) { frame in if let frame { heard.withLock { $0.append(frame) } } }
        }
        defer { server.stop() }
        let runner = try LoopRunner()
        var outcome = Outcome()
        var hasEnded = false
        let worker = CommandRunner(
            on: runner.loop, .init(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)")),
            try ChannelName(validating: "mail"), options,
            command: program ?? ["sh", "-c", script, "sh", folder.path],
            notice: { outcome.notices.append($0) },
            ready: {},
            ended: { error in
                outcome.error = error
                hasEnded = true
            })
        worker.start()
        for file in files {
            runner.run(until: "there is \(file)") { unsafe access("\(folder.path)/\(file)", F_OK) == 0 }
            worker.interrupt()
        }
        runner.run(until: "the worker has ended") { hasEnded }
        // Programs that go on would keep the loop from closing.
        if !hasEnded { for _ in files.count..<3 { worker.interrupt() } }
        runner.close()
        outcome.heard = heard.withLock { $0 }
        return outcome
    }

    private static func job(_ id: String, _ data: String, attempt: Int = 1) -> String {
        #"{"type":"job","queue":"mail","id":"\#(id)","attempt":\#(attempt),"data":\#(data)}"#
    }

    /// The `ref` of a frame.
    private static func reference(_ frame: String?) -> Int64 {
        let bytes = Array((frame ?? "").utf8)
        return JSON.member("ref", of: bytes.span)?.integer(in: bytes.span) ?? -1
    }

    /// Answers until the client closes: confirms everything.
    private static func confirm(_ server: inout ScriptedServer, _ note: (String?) -> Void) {
        while let frame = server.receive() {
            note(frame)
            if frame.hasPrefix("(close") { return server.close(.normal) }
            let type = frame.contains(#""type":"work""#) ? "working" : "done"
            server.send(#"{"type":"\#(type)","ref":\#(reference(frame))}"#)
        }
    }

    @Test("the program gets the data and the variables, and its exit status decides")
    func whole() throws {
        let script =
            #"[ "$(cat)" = 'say "hi"' ] && [ "$ROOST_QUEUE:$ROOST_JOB_ID:$ROOST_JOB_ATTEMPT" = mail:7-3:3 ]"#
        let outcome = try run(script, .init(credit: 1, lease: 60, isSingle: true)) { server, note in
            server.send(Self.job("7-3", #""say \"hi\"""#, attempt: 3))
            Self.confirm(&server, note)
        }
        #expect(outcome.error == nil)
        #expect(outcome.heard.contains { $0.hasPrefix(#"{"type":"done","queue":"mail","id":"7-3""#) })
    }

    @Test("a job whose program fails is tried again later, longer each time")
    func failing() throws {
        let outcome = try run("exit 3", .init(credit: 1, lease: 60, isSingle: true)) { server, note in
            server.send(Self.job("7-4", "1", attempt: 4))
            Self.confirm(&server, note)
        }
        #expect(outcome.error?.description == "job 7-4: exit status 3; to be tried again in 8 s")
        #expect(
            outcome.heard.contains { $0.hasPrefix(#"{"type":"retry","queue":"mail","id":"7-4","delay":8,"#) })
    }

    @Test("a program that is not there ends it, and no attempt is used up")
    func missing() throws {
        let outcome = try run("", program: ["/no/such/program"]) { server, note in
            server.send(Self.job("1-1", "1"))
            Self.confirm(&server, note)
        }
        #expect(outcome.error?.description == "cannot run /no/such/program: no such file or directory")
        #expect(!outcome.heard.contains { $0.contains("1-1") })
        #expect(outcome.heard.last == "(close 1000)")
    }

    @Test(
        "when interrupted, what runs is finished and nothing else is begun; their leases are renewed meanwhile"
    )
    func drained() throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        // Both programs wait for each other, and for the file that the server makes when it has seen both leases renewed.
        let script =
            #"touch "$1/$ROOST_JOB_ID"; until [ -e "$1/1-1" ] && [ -e "$1/2-1" ]; do sleep 0.01; done; "#
            + #"touch "$1/started"; until [ -e "$1/renewed" ]; do sleep 0.01; done"#
        let outcome = try run(
            script, .init(credit: 2, lease: 1), interruptedWhen: ["started"], folder: folder
        ) { server, note in
            server.send(Self.job("1-1", "1"))
            server.send(Self.job("2-1", "2"))
            var renewed: Set<String> = []
            while let frame = server.receive() {
                note(frame)
                if frame.hasPrefix("(close") { return server.close(.normal) }
                let isWork = frame.contains(#""type":"work""#)
                server.send(#"{"type":"\#(isWork ? "working" : "done")","ref":\#(Self.reference(frame))}"#)
                if isWork, frame.contains(#""credit":0"#) { server.send(Self.job("3-1", "3")) }
                for id in ["1-1", "2-1"] where frame.contains("renew") && frame.contains(id) {
                    renewed.insert(id)
                }
                if renewed.count == 2 { close(unsafe open("\(path)/renewed", O_CREAT | O_WRONLY, 0o600)) }
            }
        }
        #expect(outcome.error == nil)
        for id in ["1-1", "2-1"] {
            #expect(outcome.heard.contains { $0.contains(#""type":"done""#) && $0.contains(id) })
        }
        #expect(!outcome.heard.contains { $0.contains("3-1") })
        #expect(outcome.heard.last == "(close 1000)")
    }

    @Test("when interrupted again, what runs is ended and given back")
    func givenBack() throws {
        let script =
            #"trap 'touch "$1/ended"; exit 0' TERM; touch "$1/started"; while :; do sleep 0.01; done"#
        let folder = try TemporaryFolder()
        let path = folder.path
        let outcome = try run(
            script, .init(credit: 1, lease: 60), interruptedWhen: ["started", "started"], folder: folder
        ) { server, note in
            server.send(Self.job("1-1", "1"))
            while let frame = server.receive() {
                guard frame.hasPrefix("(close") else { continue }
                note(unsafe access("\(path)/ended", F_OK) == 0 ? "its program has ended" : "its program runs")
                return server.close(.normal)
            }
        }
        #expect(outcome.error == nil)
        #expect(outcome.heard == ["its program has ended"])
    }

    @Test("no more programs run at a time than there are places")
    func places() throws {
        let folder = try TemporaryFolder()
        // Each program is alone in the folder while it runs.
        let script = #"mkdir "$1/alone" || exit 1; sleep 0.02; rmdir "$1/alone""#
        let outcome = try run(script, .init(credit: 1, lease: 60), folder: folder) { server, note in
            _ = server.receive()
            for number in 1...5 { server.send(Self.job("\(number)-1", "1")) }
            for _ in 1...5 {
                let frame = server.receive()
                note(frame)
                server.send(#"{"type":"done","ref":\#(Self.reference(frame))}"#)
            }
            server.send(#"{"type":"error","code":"forbidden","message":"enough"}"#)
            _ = server.receive()
        }
        #expect(outcome.heard.count == 5)
        #expect(outcome.heard.allSatisfy { $0.contains(#""type":"done""#) })
        #expect(outcome.error?.description.hasSuffix("enough (forbidden)") == true)
    }
}
