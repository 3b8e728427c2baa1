import Broker
import TestSupport
import Testing
import Wire

/// What `PresenceBroker` promises, tried on every broker there is.
@Suite("The broker contract: presence")
struct PresenceContract {
    private static let chat = ChannelName("chat")
    private static let alice = UserName("alice")
    private static let bob = UserName("bob")

    /// Says something and waits for the answer.
    @discardableResult
    private func update(
        _ fixture: BrokerFixture, _ worker: String, _ connections: [UserName?: Int], isWhole: Bool = false,
        timeToLive: Int64 = 60_000, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Bool {
        var result: Result<Bool, BrokerFailure>?
        fixture[0].broker.updatePresence(
            PresenceUpdate(
                channel: Self.chat, worker: worker, connections: connections, isWhole: isWhole,
                timeToLive: timeToLive)
        ) { result = $0 }
        #expect(result == nil, "answered inside the call", sourceLocation: sourceLocation)
        fixture.run(until: "updated", sourceLocation: sourceLocation) { result != nil }
        return try #require(result, sourceLocation: sourceLocation).get()
    }

    /// Who is there, as `alice 2, bob 1, nobody 1`.
    private func read(
        _ fixture: BrokerFixture, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        var result: Result<PresenceList, BrokerFailure>?
        fixture[0].broker.readPresence(of: Self.chat) { result = $0 }
        fixture.run(until: "read", sourceLocation: sourceLocation) { result != nil }
        let list = try #require(result, sourceLocation: sourceLocation).get()
        return list.users.map { "\($0.user?.description ?? "nobody") \($0.connections)" }.joined(
            separator: ", ")
    }

    /// What was signalled so far, `J` and `L`, once all of it has come.
    private func signals(_ fixture: BrokerFixture) throws -> [String] {
        fixture[0].broker.signal(Array("the end".utf8), on: .signal("presence", of: Self.chat))
        fixture.run(until: "the last signal has come") { fixture[0].recorder.texts.last == "the end" }
        let texts = fixture[0].recorder.texts.dropLast()
        fixture[0].recorder.forget()
        return Array(texts)
    }

    private func makeFixture(_ kind: BrokerKind) throws -> BrokerFixture {
        let fixture = try BrokerFixture(kind)
        fixture.subscribe(0, to: .signal("presence", of: Self.chat))
        return fixture
    }

    @Test("connections of all workers are added up, by user", arguments: BrokerKind.allCases)
    func sum(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        #expect(try read(fixture) == "")
        try update(fixture, "w1", [Self.bob: 1, nil: 2])
        try update(fixture, "w2", [Self.alice: 2, Self.bob: 3, nil: 1])
        #expect(try read(fixture) == "alice 2, bob 4, nobody 3")
        try update(fixture, "w2", [Self.bob: 0, nil: 0])
        #expect(try read(fixture) == "alice 2, bob 1, nobody 2")
        try update(fixture, "w1", [:], isWhole: true)
        #expect(try read(fixture) == "alice 2")
    }

    @Test("a user joins once and leaves once, however many connections", arguments: BrokerKind.allCases)
    func once(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        try update(fixture, "w1", [Self.alice: 1])
        try update(fixture, "w1", [Self.alice: 2])
        try update(fixture, "w2", [Self.alice: 1, nil: 4])
        #expect(try signals(fixture) == ["Jalice"])
        try update(fixture, "w1", [Self.alice: 0])
        #expect(try signals(fixture) == [])
        try update(fixture, "w2", [Self.alice: 0, nil: 0])
        #expect(try signals(fixture) == ["Lalice"])
        try update(fixture, "w2", [Self.alice: 1])
        #expect(try signals(fixture) == ["Jalice"])
    }

    @Test("what is said twice counts once", arguments: BrokerKind.allCases)
    func idempotent(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        #expect(try !update(fixture, "w1", [Self.alice: 2, Self.bob: 1], isWhole: true))
        #expect(try update(fixture, "w1", [Self.alice: 2, Self.bob: 1], isWhole: true))
        #expect(try update(fixture, "w1", [Self.alice: 2]))
        #expect(try read(fixture) == "alice 2, bob 1")
        #expect(try update(fixture, "w1", [Self.alice: 2], isWhole: true))
        #expect(try read(fixture) == "alice 2")
        #expect(try Set(signals(fixture)) == ["Jalice", "Jbob", "Lbob"])
    }

    @Test("what a worker that falls silent had said is taken back", arguments: BrokerKind.allCases)
    func expiry(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        try update(fixture, "dead", [Self.alice: 2, Self.bob: 1, nil: 1], timeToLive: 300)
        try update(fixture, "alive", [Self.bob: 1])
        let deadline = ContinuousClock.now + .seconds(20)
        while try read(fixture) != "bob 1", ContinuousClock.now < deadline {}
        #expect(try read(fixture) == "bob 1")
        let heard = try signals(fixture)
        #expect(Set(heard.prefix(2)) == ["Jalice", "Jbob"])
        #expect(heard.dropFirst(2) == ["Lalice"])
        // It was only slow: it is told that it is not known any more, and says everything again.
        #expect(try !update(fixture, "dead", [:]))
        try update(fixture, "dead", [Self.alice: 2], isWhole: true)
        #expect(try read(fixture) == "alice 2, bob 1")
        #expect(try signals(fixture) == ["Jalice"])
    }

    @Test("the next word of another worker takes it back, too", arguments: BrokerKind.allCases)
    func heartbeat(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        try update(fixture, "alive", [Self.bob: 1])
        try update(fixture, "dead", [Self.alice: 1], timeToLive: 200)
        let deadline = ContinuousClock.now + .seconds(20)
        while !fixture[0].recorder.texts.contains("Lalice"), ContinuousClock.now < deadline {
            #expect(try update(fixture, "alive", [:]))
            fixture.runner.run(forMilliseconds: 5)
        }
        #expect(fixture[0].recorder.texts == ["Jbob", "Jalice", "Lalice"])
    }

    @Test("so many are listed, and that there are more is said", arguments: BrokerKind.allCases)
    func limit(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        var connections: [UserName?: Int] = [:]
        for number in 0..<PresenceList.maximumCount { connections[UserName("user \(number)")] = 1 }
        try update(fixture, "w1", connections)
        var result: Result<PresenceList, BrokerFailure>?
        fixture[0].broker.readPresence(of: Self.chat) { result = $0 }
        fixture.run(until: "read") { result != nil }
        #expect(try result?.get().users.count == PresenceList.maximumCount)
        #expect(try result?.get().hasMore == false)
        try update(fixture, "w1", [Self.alice: 1])
        result = nil
        fixture[0].broker.readPresence(of: Self.chat) { result = $0 }
        fixture.run(until: "read") { result != nil }
        #expect(try result?.get().users.count == PresenceList.maximumCount)
        #expect(try result?.get().hasMore == true)
    }

    @Test("after any words the sums are right", arguments: BrokerKind.allCases)
    func model(kind: BrokerKind) throws {
        let fixture = try makeFixture(kind)
        defer { fixture.close() }
        var random = SeededGenerator(seed: 7)
        var said: [String: [UserName?: Int]] = [:]
        var heard: Set<String> = []
        let users: [UserName?] = [Self.alice, Self.bob, nil, UserName("carol \u{E9}")]
        for _ in 0..<300 {
            let worker = "w\(Int.random(in: 0..<3, using: &random))"
            let isWhole = Bool.random(using: &random)
            var connections: [UserName?: Int] = [:]
            for user in users where Bool.random(using: &random) {
                connections[user] = Int.random(in: 0..<3, using: &random)
            }
            try update(fixture, worker, connections, isWhole: isWhole)
            if isWhole { said[worker] = [:] }
            for (user, count) in connections { said[worker, default: [:]][user] = count }
            var totals: [UserName?: Int] = [:]
            for counts in said.values { totals.merge(counts, uniquingKeysWith: +) }
            let expected = PresenceList(
                users: totals.filter { $0.value > 0 }.map {
                    PresentUser(user: $0.key, connections: $0.value)
                },
                hasMore: false)
            let text = expected.users.map { "\($0.user?.description ?? "nobody") \($0.connections)" }
            #expect(try read(fixture) == text.joined(separator: ", "))
            for signal in try signals(fixture) {
                let user = String(signal.dropFirst())
                let isNews = signal.hasPrefix("J") ? heard.insert(user).inserted : heard.remove(user) != nil
                #expect(isNews, "\(signal)")
            }
            #expect(heard == Set(expected.users.compactMap { $0.user?.description }))
        }
    }
}
