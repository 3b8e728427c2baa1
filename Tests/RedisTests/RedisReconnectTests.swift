import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

@Suite("Redis comes and goes")
struct RedisReconnectTests {
    @Test(
        "after a crash and a restart all subscriptions are restored and messages flow",
        arguments: [true, false])
    func restart(isCrash: Bool) throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        // More than one batch, of both kinds.
        let topics =
            (0..<1500).map { Topic.channel("channel \($0)") }
            + (0..<600).map { Topic.pattern("pattern \($0).*") }
        for topic in topics { fixture.broker.subscribe(to: topic) }
        fixture.run(until: "all are live") { fixture.recorder.subscribed.count == topics.count }
        fixture.recorder.forget()

        if isCrash { server.kill() } else { server.stop() }
        fixture.run(until: "it is noticed") { fixture.recorder.status != nil }
        guard case .unavailable(let reason) = fixture.broker.status else {
            Issue.record("the status is \(fixture.broker.status)")
            return
        }
        #expect(reason.contains("127.0.0.1:\(server.port)"))
        // What is asked for and given up meanwhile counts too.
        fixture.broker.subscribe(to: .channel("new"))
        fixture.broker.unsubscribe(from: .channel("channel 7"))
        #expect(fixture.outcome(of: "x", to: "chat") == .failed(.unavailable))
        fixture.waitUntilAway("connection refused")

        try server.restart()
        fixture.waitUntilReady()
        fixture.run(until: "all are live again") { fixture.recorder.subscribed.count >= topics.count }
        #expect(
            Set(fixture.recorder.subscribed)
                == Set(topics).subtracting([.channel("channel 7")]).union([.channel("new")]))
        #expect(try server.cli("PUBSUB", "NUMPAT") == "600")
        #expect(try server.cli("PUBSUB", "NUMSUB", "channel 7", "new") == "channel 7\n0\nnew\n1")
        try server.cli("PUBLISH", "new", "hello")
        try server.cli("PUBLISH", "pattern 599.x", "there")
        fixture.run(until: "both have come") { fixture.recorder.texts == ["hello", "there"] }
        #expect(fixture.outcome(of: "x", to: "chat") == .accepted)
    }

    @Test("Redis that is not there at the start is waited for")
    func absentAtFirst() throws {
        let server = try RedisServer()
        server.stop()
        let fixture = try RedisFixture(RedisSettings(endpoint: server.endpoint))
        defer { fixture.close() }
        #expect(fixture.broker.status == .connecting)
        fixture.broker.subscribe(to: .channel("chat"))
        fixture.publish("x", to: "chat", receipt: 3)
        #expect(
            fixture.recorder.answers == [.init(3, .failed(.unavailable))],
            "at once, before any connection attempt has failed")
        fixture.waitUntilAway("connection refused")
        try server.restart()
        fixture.waitUntilReady()
        fixture.run(until: "live") { fixture.recorder.subscribed == [.channel("chat")] }
    }

    @Test("publishes without an answer fail when the connection breaks, once and in order")
    func unanswered() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        server.suspend()
        for receipt in 0..<1000 { fixture.publish("x", to: "chat", receipt: UInt64(receipt)) }
        fixture.runner.run(forMilliseconds: 20)
        #expect(fixture.recorder.answers.isEmpty)
        server.kill()
        fixture.run(until: "all are answered") { fixture.recorder.answers.count >= 1000 }
        fixture.runner.run(forMilliseconds: 20)
        #expect(fixture.recorder.answers == (0..<1000).map { .init($0, .failed(.unavailable)) })
    }

    @Test("a Redis that says nothing any more is noticed by the probe, and used again when it wakes")
    func silence() throws {
        let server = try RedisServer()
        // Long enough for a Redis that waits for a busy machine's processor.
        let fixture = try RedisFixture(on: server) { $0.probeInterval = 400 }
        defer { fixture.close() }
        fixture.subscribe(to: .channel("chat"))
        // Idle for several intervals: the answers to the probes keep the connections, and are no messages.
        fixture.runner.run(forMilliseconds: 1300)
        #expect(fixture.recorder.statuses == [.ready])
        #expect(fixture.recorder.messages.isEmpty)
        #expect(fixture.outcome(of: "x", to: "chat") == .accepted)
        fixture.run(until: "it has come") { fixture.recorder.texts == ["x"] }
        server.suspend()
        fixture.waitUntilAway("no answer from 127.0.0.1:\(server.port) within 400 ms")
        #expect(fixture.outcome(of: "x", to: "chat") == .failed(.unavailable))
        fixture.recorder.forget()
        server.resume()
        fixture.waitUntilReady()
        fixture.run(until: "restored") { fixture.recorder.subscribed == [.channel("chat")] }
    }

    @Test(
        "either connection lost makes the broker unavailable until both are back",
        arguments: ["commands", "subscriber"])
    func oneConnection(name: String) throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        fixture.subscribe(to: .channel("chat"))
        let line = try #require(
            server.cli("CLIENT", "LIST").split(separator: "\n").first { $0.contains("name=test-\(name)") })
        let id = try #require(line.split(separator: " ").first?.split(separator: "=").last)
        try server.cli("CLIENT", "KILL", "ID", String(id))
        fixture.waitUntilAway("closed the connection")
        fixture.waitUntilReady()
        if name == "subscriber" {
            fixture.run(until: "restored") { fixture.recorder.subscribed.count == 2 }
        }
        try server.cli("PUBLISH", "chat", "hello")
        fixture.run(until: "it has come") { fixture.recorder.texts == ["hello"] }
    }

    @Test("a broker that is closed while Redis is away ends")
    func closedWhileAway() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        server.kill()
        fixture.waitUntilAway("connection refused")
        let calls = fixture.recorder.callCount
        fixture.broker.close()
        fixture.runner.run(forMilliseconds: 150)
        #expect(fixture.recorder.callCount == calls)
        fixture.close()
    }
}
