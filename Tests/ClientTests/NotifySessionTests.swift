import EventLoop
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Client

@Suite("NotifySession")
struct NotifySessionTests {
    private struct Outcome {
        var error: ClientError?
        var notices: [String] = []
        var requests: [ScriptedHTTPServer.Request] = []
    }

    /// Notifies alice of `input`'s lines (or of a single thing) until the session ends. `serve` answers a request;
    /// its number counts from 1 over all connections; false ends the connection.
    private func run(
        lines: String? = nil, message: String = "", options: NotifySession.Options = .init(),
        isJSON: Bool = false,
        serve: @escaping @Sendable (ScriptedHTTPServer, Int) -> Bool
    ) throws -> Outcome {
        let requests = Mutex<[ScriptedHTTPServer.Request]>([])
        let server = try SocketServer { peer in
            let server = ScriptedHTTPServer(peer: peer)
            while let request = server.receive() {
                let number = requests.withLock { requests in
                    requests.append(request)
                    return requests.count
                }
                guard serve(server, number) else { return }
            }
        }
        defer { server.stop() }
        var outcome = Outcome()
        let runner = try LoopRunner()
        var source = MessageSource.Kind.message(Array(message.utf8))
        var pipe: [Int32] = [0, 0]
        if let lines {
            #expect(unsafe Glibc.pipe(&pipe) == 0)
            #expect(unsafe write(pipe[1], lines, lines.utf8.count) == lines.utf8.count)
            Glibc.close(pipe[1])
            source = .lines(descriptor: pipe[0])
        }
        var hasEnded = false
        let session = try NotifySession(
            on: runner.loop,
            .init(url: try ServerURL(parsing: "http://127.0.0.1:\(server.port)"), token: "t0k"),
            user: try ChannelName(validating: "alice b"), options, input: PublishInput(isJSON: isJSON),
            source: source, notice: { outcome.notices.append($0) },
            ended: { error in
                outcome.error = error
                hasEnded = true
            })
        session.start()
        runner.run(until: "the session has ended") { hasEnded }
        runner.close()
        outcome.requests = requests.withLock { $0 }
        return outcome
    }

    @Test("a notification is one request, with all that was said of it")
    func single() throws {
        let outcome = try run(message: "say \"hi\"", options: .init(event: "a b&c", timeToLive: 60)) {
            server, _ in
            server.answer("200 OK", #"{"id":"1-x"}"#)
            return true
        }
        #expect(outcome.error == nil)
        let request = try #require(outcome.requests.first)
        #expect(outcome.requests.count == 1)
        #expect(request.line == "POST /users/alice%20b/notifications?event=a%20b%26c&ttl=60")
        #expect(request.body == #""say \"hi\"""#)
        #expect(request.field("Content-Type") == "application/json")
        #expect(request.field("Authorization") == "Bearer t0k")
        #expect((request.field("Idempotency-Key") ?? "").count > 10)
    }

    @Test("each line is one, in order, over one connection, each with a key of its own")
    func lines() throws {
        let outcome = try run(lines: "1\n\n{\"a\":2}", isJSON: false) { server, _ in
            server.answer("200 OK", "{}")
            return true
        }
        #expect(outcome.error == nil)
        #expect(outcome.requests.map(\.body) == [#""1""#, #""""#, #""{\"a\":2}""#])
        #expect(Set(outcome.requests.map { $0.field("Idempotency-Key") }).count == 3)
    }

    @Test("after a lost connection the same request is made again with the same key")
    func lost() throws {
        let outcome = try run(lines: "1\n2\n3\n") { server, number in
            if number == 2 { return false }
            server.answer("200 OK", "{}")
            return true
        }
        #expect(outcome.error == nil)
        #expect(outcome.requests.map(\.body) == [#""1""#, #""2""#, #""2""#, #""3""#])
        #expect(outcome.requests[1] == outcome.requests[2])
        #expect(outcome.notices.count == 2)
        #expect(outcome.notices.last?.hasSuffix("again") == true)
    }

    @Test("a server that closes after each answer is connected to again")
    func closing() throws {
        let outcome = try run(lines: "1\n2\n") { server, _ in
            server.answer("200 OK", "{}", "Connection: close\r\n")
            return false
        }
        #expect(outcome.error == nil && outcome.notices.isEmpty)
        #expect(outcome.requests.count == 2)
    }

    @Test("the first failure ends it with the server's words, and says how many were sent")
    func refused() throws {
        let outcome = try run(lines: "1\n2\n3\n") { server, number in
            if number == 1 {
                server.answer("200 OK", "{}")
            } else {
                server.answer("413 x", #"{"error":{"code":"too_large","message":"too long"}}"#)
            }
            return true
        }
        #expect(outcome.error?.description == "line 2: too long (too_large); 1 sent")
        #expect(outcome.requests.count == 2)
    }

    @Test("lines that the broker cannot take are sent again with the same keys; a single notification fails")
    func unavailable() throws {
        let away = #"{"error":{"code":"unavailable","message":"away"}}"#
        let outcome = try run(lines: "1\n2\n") { server, number in
            server.answer(number < 3 ? "503 x" : "200 OK", number < 3 ? away : "{}")
            return true
        }
        #expect(outcome.error == nil)
        #expect(outcome.requests.map(\.body) == [#""1""#, #""1""#, #""1""#, #""2""#])
        #expect(Set(outcome.requests.map { $0.field("Idempotency-Key") }).count == 2)
        #expect(outcome.notices.first?.hasPrefix("line 1: away (unavailable); trying again in") == true)
        let single = try run(message: "1") { server, _ in
            server.answer("503 x", away)
            return true
        }
        #expect(single.error?.description == "away (unavailable)")
    }

    @Test("a line that cannot be sent is named")
    func badLine() throws {
        let outcome = try run(lines: "1\n{\n", isJSON: true) { server, _ in
            server.answer("200 OK", "{}")
            return true
        }
        #expect(outcome.error?.description.hasPrefix("line 2 is not JSON") == true)
        #expect(outcome.error?.description.hasSuffix("1 sent") == true)
    }

    @Test("what is no HTTP server is an error at once")
    func notHTTP() throws {
        let outcome = try run(message: "x") { server, _ in
            server.peer.write("SSH-2.0\r\n")
            return true
        }
        #expect(outcome.error?.description.contains("is not HTTP/1.1") == true)
    }
}
