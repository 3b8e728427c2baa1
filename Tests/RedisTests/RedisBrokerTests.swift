import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

@Suite("RedisBroker")
struct RedisBrokerTests {
    @Test("redis-cli's messages arrive, and redis-cli counts us as a subscriber")
    func redisCLI() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        fixture.subscribe(to: .channel("chat"), .pattern("ch?t"))
        #expect(try server.cli("PUBLISH", "chat", "hello") == "2")
        fixture.run(until: "both have come") { fixture.recorder.messages.count == 2 }
        #expect(
            fixture.recorder.messages == [
                .init(.channel("chat"), Array("hello".utf8)),
                .init(.pattern("ch?t"), channel: Array("chat".utf8), Array("hello".utf8)),
            ])
    }

    @Test(
        "the prefix is in Redis only, for channels and patterns, whatever characters it has",
        arguments: ["app:", "a*[b]?\\^-:"])
    func prefix(prefix: String) throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server) { $0.prefix = prefix }
        defer { fixture.close() }
        fixture.subscribe(to: .channel("chat"), .pattern("c*"))
        for channel in ["chat", "\(prefix)chat", "aXXb:chat", "\(prefix)x"] {
            try server.cli("PUBLISH", channel, "to \(channel)")
        }
        #expect(fixture.outcome(of: "own", to: "chat") == .accepted)
        fixture.run(until: "the own has come") { fixture.recorder.texts.filter { $0 == "own" }.count == 2 }
        let toPrefixed = Array("to \(prefix)chat".utf8)
        #expect(
            fixture.recorder.messages.prefix(2) == [
                .init(.channel("chat"), toPrefixed),
                .init(.pattern("c*"), channel: Array("chat".utf8), toPrefixed),
            ])
        #expect(fixture.recorder.messages.count == 4)
        fixture.broker.unsubscribe(from: .channel("chat"))
        fixture.broker.unsubscribe(from: .pattern("c*"))
        fixture.subscribe(to: .channel("later"))
        #expect(try server.cli("PUBSUB", "NUMPAT") == "0")
        #expect(try server.cli("PUBSUB", "CHANNELS") == "\(prefix)later")
    }

    @Test("Roost's own channels do not come through patterns")
    func reserved() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        fixture.subscribe(to: .pattern("*"))
        for channel in ["roost:secret", "roost:", "roost"] { try server.cli("PUBLISH", channel, channel) }
        fixture.run(until: "the last has come") { fixture.recorder.texts == ["roost"] }
    }

    @Test("channels of others may have any name")
    func foreignNames() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        fixture.subscribe(to: .pattern("*"))
        let client = try BlockingRedisClient(port: server.port)
        defer { client.close() }
        let names: [[UInt8]] = [
            [0xFF, 0, 13, 10], [UInt8](repeating: 0x61, count: 100_000), Array("ok".utf8),
        ]
        for name in names { try client.command([Array("PUBLISH".utf8), name, [1]]) }
        fixture.run(until: "all have come") { fixture.recorder.messages.count == names.count }
        #expect(fixture.recorder.messages.map(\.channel) == names)
    }

    @Test("what Redis refuses to publish is answered with its words")
    func refusedPublish() throws {
        var options = RedisServer.Options()
        options.users = ["alice on >pw resetchannels &open* allkeys +@all"]
        let server = try RedisServer(options)
        let fixture = try RedisFixture(on: server) { ($0.user, $0.password) = ("alice", "pw") }
        defer { fixture.close() }
        #expect(fixture.outcome(of: "x", to: "open:1") == .accepted)
        guard case .failed(.refused(let words)) = fixture.outcome(of: "x", to: "closed") else {
            Issue.record("not refused")
            return
        }
        #expect(words.hasPrefix("NOPERM"))
        #expect(fixture.broker.status == .ready)
    }

    @Test("a topic that Redis' ACL forbids leaves the others alone, also when they are restored together")
    func refusedSubscription() throws {
        var options = RedisServer.Options()
        options.users = ["alice on >pw resetchannels &open* allkeys +@all"]
        let server = try RedisServer(options)
        let fixture = try RedisFixture(on: server) { ($0.user, $0.password) = ("alice", "pw") }
        defer { fixture.close() }
        fixture.broker.subscribe(to: .channel("closed"))
        fixture.broker.subscribe(to: .pattern("closed*"))
        fixture.subscribe(to: .channel("open:1"), .channel("open:2"))
        #expect(fixture.recorder.statuses == [.ready])
        #expect(fixture.recorder.subscribed == [.channel("open:1"), .channel("open:2")])
        fixture.recorder.forget()
        server.kill()
        fixture.run(until: "it is noticed") { fixture.broker.status != .ready }
        try server.restart()
        fixture.waitUntilReady()
        fixture.run(until: "restored") { fixture.recorder.subscribed.count == 2 }
        #expect(Set(fixture.recorder.subscribed) == [.channel("open:1"), .channel("open:2")])
        try server.cli("PUBLISH", "open:2", "hello")
        fixture.run(until: "it has come") { fixture.recorder.texts == ["hello"] }
        #expect(fixture.broker.status == .ready)
    }

    @Test("one turn's publishes leave in few writes and arrive in order")
    func pipelining() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        let before = try commandCount(server)
        for receipt in 0..<20_000 { fixture.publish("x", to: "chat", receipt: UInt64(receipt)) }
        fixture.run(until: "all are answered") { fixture.recorder.answers.count == 20_000 }
        #expect(fixture.recorder.answers.map(\.receipt) == (0..<20_000).map { UInt64($0) })
        #expect(try commandCount(server) - before == 20_000)
    }

    private func commandCount(_ server: RedisServer) throws -> Int {
        let line = try server.cli("INFO", "commandstats").split(separator: "\r\n")
            .first { $0.hasPrefix("cmdstat_publish:") }
        return line?.split(separator: "=")[1].split(separator: ",").first.flatMap { Int($0) } ?? 0
    }
}
