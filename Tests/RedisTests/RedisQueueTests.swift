import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

@Suite("Queues in Redis")
struct RedisQueueTests {
    private let mail = ChannelName("mail")

    private func lease(_ fixture: RedisFixture, _ count: Int = 1) -> Result<LeaseAnswer, BrokerFailure>? {
        var result: Result<LeaseAnswer, BrokerFailure>?
        let leases = [Int64](repeating: 60_000, count: count)
        fixture.broker.lease(LeaseRequest(queue: mail, leases: leases, attempts: 5)) { result = $0 }
        fixture.run(until: "the lease is answered") { result != nil }
        return result
    }

    /// Waits for a job; how that was answered.
    private func waitForJob(_ fixture: RedisFixture) -> Result<Void, BrokerFailure>? {
        var result: Result<Void, BrokerFailure>?
        fixture.broker.awaitJob(in: mail) { result = $0 }
        fixture.run(until: "the wait is answered") { result != nil }
        return result
    }

    private func isNews(_ result: Result<Void, BrokerFailure>?) -> Bool {
        if case .success = result { true } else { false }
    }

    private func reason(_ failure: BrokerFailure?) -> String {
        if case .refused(let reason) = failure { reason } else { "" }
    }

    @Test("waiting for jobs leaves the list as it is: its items, their order, its expiry")
    func awaitingChangesNothing() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        let items = (0..<300).map { "item \($0 * 7919 % 300)" } + ["last", "last"]
        let client = try BlockingRedisClient(port: server.port)
        defer { client.close() }
        try client.command((["RPUSH", "mail"] + items).map { Array($0.utf8) })
        try server.cli("PEXPIRE", "mail", "3000000")
        fixture.runner.run(forMilliseconds: 5)
        for _ in 0..<50 { #expect(isNews(waitForJob(fixture))) }
        #expect(try server.cli("LRANGE", "mail", "0", "-1") == items.joined(separator: "\n"))
        #expect((Int(try server.cli("PTTL", "mail")) ?? 0) > 2_000_000)
        #expect(try server.cli("KEYS", "*") == "mail")
        // A list of one item: it is not gone for a moment, and neither is its expiry.
        try server.cli("LTRIM", "mail", "0", "0")
        for _ in 0..<20 { #expect(isNews(waitForJob(fixture))) }
        #expect(try server.cli("LRANGE", "mail", "0", "-1") == items[0])
        #expect((Int(try server.cli("PTTL", "mail")) ?? 0) > 2_000_000)
    }

    @Test("a wait outlasts Redis's own time limits, and ends with the first item")
    func longWait() throws {
        let server = try RedisServer()
        // Redis waits for half of this at a time.
        let fixture = try RedisFixture(on: server) { $0.probeInterval = 200 }
        defer { fixture.close() }
        var answers = 0
        fixture.broker.awaitJob(in: mail) { _ in answers += 1 }
        fixture.runner.run(forMilliseconds: 700)
        #expect(answers == 0)
        try server.cli("RPUSH", "mail", "a")
        fixture.run(until: "it has ended") { answers == 1 }
        #expect(try server.cli("LRANGE", "mail", "0", "-1") == "a")
    }

    @Test("ignoring ends the wait and its connection")
    func ignoring() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        func connections() throws -> Int {
            try server.cli("CLIENT", "LIST").split(separator: "\n").count { $0.contains("name=test-queue") }
        }
        var answers = 0
        fixture.broker.awaitJob(in: mail) { _ in answers += 1 }
        fixture.run(until: "there is a connection") { (try? connections()) == 1 }
        fixture.broker.ignoreJobs(in: mail)
        fixture.run(until: "there is none") { (try? connections()) == 0 }
        try server.cli("RPUSH", "mail", "a")
        fixture.runner.run(forMilliseconds: 30)
        #expect(answers == 0)
        #expect(isNews(waitForJob(fixture)))
    }

    @Test("no more than so many queues are waited for, and the others are told")
    func manyWaits() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        var failures = 0
        for index in 0..<(64 + 3) {
            fixture.broker.awaitJob(in: ChannelName("queue \(index)")) { result in
                if case .failure(.overloaded) = result { failures += 1 }
            }
        }
        fixture.run(until: "three are told") { failures == 3 }
        fixture.broker.ignoreJobs(in: ChannelName("queue 0"))
        #expect(failures == 3)
        try server.cli("RPUSH", "mail", "a")
        #expect(isNews(waitForJob(fixture)))
    }

    @Test("a key that is no list is refused with words, and left alone")
    func wrongType() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        try server.cli("SET", "mail", "text")
        guard case .failure(let failure) = lease(fixture), case .failure(let waiting) = waitForJob(fixture)
        else {
            Issue.record("not refused")
            return
        }
        #expect(reason(failure).contains("not a list") && reason(waiting).contains("not a list"))
        var pushed: Result<Void, BrokerFailure>?
        fixture.broker.push([1], to: mail, delay: 0) { pushed = $0 }
        fixture.run(until: "the push is answered") { pushed != nil }
        guard case .failure = pushed else {
            Issue.record("pushed")
            return
        }
        #expect(try server.cli("GET", "mail") == "text")
        #expect(try server.cli("KEYS", "*") == "mail")
    }

    @Test(
        "a job is not lost when one of Roost's own keys is of another type",
        arguments: ["returned", "delayed", "leases", "jobs", "counts"])
    func wrongOwnType(_ suffix: String) throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        try server.cli("SET", "roost:{mail}:\(suffix)", "text")
        try server.cli("RPUSH", "mail", "a", "b")
        guard case .failure(let failure) = lease(fixture, 2) else {
            Issue.record("not refused")
            return
        }
        #expect(!reason(failure).isEmpty)
        #expect(try server.cli("LRANGE", "mail", "0", "-1") == "a\nb")
        try server.cli("DEL", "roost:{mail}:\(suffix)")
        guard case .success(let answer) = lease(fixture, 9) else {
            Issue.record("not leased")
            return
        }
        #expect(Set(answer.jobs.map(\.payload)) == [Array("a".utf8), Array("b".utf8)])
    }

    @Test("keys that hold nonsense are cleared away, and harm no job")
    func nonsense() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        try server.cli("RPUSH", "roost:{mail}:returned", "x", "7", "")
        try server.cli("ZADD", "roost:{mail}:leases", "1", "8", "2", "x y", "1e15", "9")
        try server.cli("ZADD", "roost:{mail}:delayed", "1", "8", "-inf", "z", "+inf", "9")
        try server.cli("HSET", "roost:{mail}:jobs", "9", "no attempt", "7", "")
        try server.cli("RPUSH", "mail", "a")
        guard case .success(let answer) = lease(fixture, 9) else {
            Issue.record("not leased")
            return
        }
        #expect(answer.jobs.map(\.payload) == [Array("a".utf8)])
        #expect(answer.waiting == 0)
        #expect(try server.cli("LLEN", "roost:{mail}:returned") == "0")
    }

    @Test("the prefix goes before the list and before Roost's own keys")
    func prefix() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server) { $0.prefix = "my*" }
        defer { fixture.close() }
        try server.cli("RPUSH", "my*mail", "a")
        #expect(isNews(waitForJob(fixture)))
        guard case .success(let answer) = lease(fixture) else {
            Issue.record("not leased")
            return
        }
        #expect(answer.jobs.count == 1)
        let keys = Set(try server.cli("KEYS", "*").split(separator: "\n"))
        #expect(keys == ["my*roost:{mail}:jobs", "my*roost:{mail}:leases", "my*roost:{mail}:counts"])
    }

    @Test("a lost Redis fails a wait; when it is back one can wait again")
    func outage() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server)
        defer { fixture.close() }
        var result: Result<Void, BrokerFailure>?
        fixture.broker.awaitJob(in: mail) { result = $0 }
        fixture.run(until: "it waits") {
            (try? server.cli("CLIENT", "LIST").contains("cmd=blmove")) == true
        }
        server.kill()
        fixture.run(until: "the wait has failed") { result != nil }
        #expect(!isNews(result))
        try server.restart()
        fixture.waitUntilReady()
        try server.cli("RPUSH", "mail", "a")
        fixture.run(until: "a wait succeeds") { isNews(waitForJob(fixture)) }
    }
}
