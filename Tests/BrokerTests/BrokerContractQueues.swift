import Broker
import TestSupport
import Testing
import Wire

/// What `QueueBroker` promises, tried on every broker there is.
@Suite("The broker contract: queues")
struct BrokerContractQueues {
    /// Milliseconds; longer than any test takes.
    private static let long: Int64 = 3_600_000
    /// For leases that shall end.
    private static let short: Int64 = 20

    @Test("jobs come first in, first out, each to one worker", arguments: BrokerKind.allCases)
    func order(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        for number in 0..<50 { fixture.push("\(number)", by: number % 2) }
        var found: [String] = []
        while true {
            let worker = found.count % 2
            let answer = fixture.lease(Array(repeating: Self.long, count: 7), by: worker)
            #expect(answer.waiting == max(0, 43 - found.count))
            #expect(answer.jobs.allSatisfy { $0.id.attempt == 1 })
            found += answer.jobs.map(\.text)
            if answer.jobs.isEmpty { break }
        }
        #expect(found == (0..<50).map(String.init))
        #expect(fixture.status() == QueueStatus(leased: 50))
    }

    @Test("payloads are any bytes", arguments: BrokerKind.allCases)
    func payloads(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let payloads: [[UInt8]] = [
            [], [0], Array(0...255), Array("a b\r\n$1 ".utf8), [32], [10, 13], [0xFF, 0],
        ]
        for payload in payloads { fixture.push(payload) }
        for attempt in 1...3 {
            let jobs = fixture.lease(Array(repeating: Self.long, count: 9)).jobs
            #expect(jobs.map(\.payload) == payloads)
            #expect(jobs.allSatisfy { $0.id.attempt == attempt })
            #expect(fixture.change(jobs, .release) == payloads.map { _ in true })
        }
    }

    @Test("do as the model does", arguments: BrokerKind.allCases, 0..<4)
    func model(kind: BrokerKind, seed: Int) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        var trial = QueueTrial(
            seed: UInt64(1_000 + seed), times: 3_600_000...7_200_000,
            QueueTrial.Subject(
                push: { fixture.push($0, delay: $1) }, lease: { fixture.lease($0) },
                change: { ids, change in
                    fixture.answer {
                        fixture[0].broker.change(ids, of: QueueTrial.queue, change, attempts: 3, then: $0)
                    }
                },
                status: { fixture.status(attempts: 3) }))
        for step in 0..<300 {
            if let difference = trial.step(hasDelays: true) {
                Issue.record("step \(step): \(difference)")
                return
            }
        }
    }

    @Test(
        "a lease that ends gives the job back, and means nothing afterwards", arguments: BrokerKind.allCases)
    func expiry(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.push("a")
        let first = fixture.lease([Self.short])
        #expect(first.nextDue == nil || first.nextDue.map { $0 <= Self.short } == true)
        let second = fixture.leaseWhenThere(by: 1)
        #expect(second.map(\.text) == ["a"])
        #expect(second.map(\.id.attempt) == [2])
        for change in [LeaseChange.done, .retry(delay: 0), .renew(5), .release, .undo] {
            #expect(fixture.change(first.jobs, change) == [false])
        }
        #expect(fixture.change(second, .done) == [true])
        #expect(fixture.change(second, .done) == [false])
        #expect(fixture.status() == QueueStatus(done: 1))
    }

    @Test("a lease that is renewed goes on", arguments: BrokerKind.allCases)
    func renewal(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture.push("a")
        fixture.push("b")
        let jobs = fixture.lease([Self.long, Self.long]).jobs
        #expect(fixture.change([jobs[0]], .renew(Self.short)) == [true])
        let again = fixture.leaseWhenThere()
        #expect(again.map(\.text) == ["a"])
        #expect(fixture.change([jobs[1]], .renew(Self.long)) == [true])
        #expect(fixture.status() == QueueStatus(leased: 2))
    }

    @Test("after as many attempts as are allowed a job is dead", arguments: BrokerKind.allCases)
    func dead(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture.push("bad")
        fixture.push("good")
        for attempt in 1...5 {
            let jobs = fixture.lease([Self.long]).jobs
            #expect(jobs.map(\.text) == ["bad"])
            #expect(jobs.map(\.id.attempt) == [attempt])
            #expect(fixture.change(jobs, attempt % 2 == 0 ? .retry(delay: 0) : .release) == [true])
        }
        #expect(fixture.status() == QueueStatus(waiting: 1, dead: 1))
        #expect(fixture.lease([Self.long]).jobs.map(\.text) == ["good"])
        if let server = fixture.server {
            #expect(try server.cli("LRANGE", "roost:{mail}:dead", "0", "-1") == "bad")
            #expect(try server.cli("HLEN", "roost:{mail}:jobs") == "1")
        }
    }

    @Test("jobs that are given back go before new ones, in their order", arguments: BrokerKind.allCases)
    func backInOrder(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        for text in ["a", "b", "c", "d", "e"] { fixture.push(text) }
        let jobs = fixture.lease(Array(repeating: Self.long, count: 4)).jobs
        #expect(fixture.change(Array(jobs[0..<2]), .release) == [true, true])
        #expect(fixture.change(Array(jobs[2..<4]), .undo) == [true, true])
        let again = fixture.lease(Array(repeating: Self.long, count: 9)).jobs
        #expect(again.map(\.text) == ["a", "b", "c", "d", "e"])
        #expect(again.map(\.id.attempt) == [2, 2, 1, 1, 1])
    }

    @Test("what is delayed comes when it is due, and not before", arguments: BrokerKind.allCases)
    func delay(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture.push("later", delay: Self.long)
        fixture.push("soon", delay: 50)
        #expect(fixture.status().delayed == 2)
        let soon = fixture.leaseWhenThere()
        #expect(soon.map(\.text) == ["soon"])
        #expect(soon.map(\.id.attempt) == [1])
        #expect(fixture.change(soon, .retry(delay: Self.long)) == [true])
        let answer = fixture.lease([Self.long])
        #expect(answer.jobs.isEmpty)
        #expect(answer.nextDue.map { $0 > Self.long - 60_000 && $0 <= Self.long } == true)
        #expect(fixture.status() == QueueStatus(delayed: 2))
    }

    @Test(
        "a lease call gives no more bytes than are wanted, but one job; too large a job is dead",
        arguments: BrokerKind.allCases)
    func sizes(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        for size in [300, 300, 300, 2_000, 10] { fixture.push([UInt8](repeating: 65, count: size)) }
        var request = LeaseRequest(
            queue: QueueTrial.queue, leases: Array(repeating: Self.long, count: 9), attempts: 5,
            maximumJob: 1_000,
            maximumBytes: 400)
        let first = fixture.lease(request)
        #expect(first?.jobs.map(\.payload.count) == [300, 300] && first?.waiting == 3)
        request.maximumBytes = 10
        let second = fixture.lease(request)
        #expect(second?.jobs.map(\.payload.count) == [300] && second?.oversized == 0)
        let third = fixture.lease(request)
        #expect(third?.jobs.map(\.payload.count) == [10] && third?.oversized == 1 && third?.waiting == 0)
        #expect(fixture.status() == QueueStatus(leased: 4, dead: 1))
    }

    @Test("whoever listens hears that there is something to lease", arguments: BrokerKind.allCases)
    func signals(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        let topic = Topic.signal("queue", of: QueueTrial.queue)
        fixture[1].broker.subscribe(to: topic)
        // The recorder does not know signals' names; a topic that is confirmed later tells that this one is.
        fixture.subscribe(1, to: .channel("after"))
        func news(_ body: () -> Void) -> Bool {
            let before = fixture[1].recorder.callCount
            body()
            fixture[0].publish("the end", to: "after")
            let count = fixture[1].recorder.messages.count
            fixture.run(until: "all has come") { fixture[1].recorder.messages.count > count }
            return fixture[1].recorder.callCount > before + 1
        }
        #expect(news { fixture.push("a") })
        var jobs: [Job] = []
        #expect(!news { jobs = fixture.lease([Self.long, Self.long]).jobs })
        #expect(!news { _ = fixture.change(jobs, .renew(Self.long)) })
        #expect(news { _ = fixture.change(jobs, .release) })
        #expect(!news { jobs = fixture.lease([Self.long]).jobs })
        #expect(news { _ = fixture.change(jobs, .retry(delay: 0)) })
        #expect(!news { jobs = fixture.lease([Self.long]).jobs })
        #expect(!news { _ = fixture.change(jobs, .done) })
    }

    @Test("a job that is pushed comes to one who awaits it", arguments: [BrokerKind.redis])
    func awaiting(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        var answers = 0
        for worker in fixture.workers {
            worker.broker.awaitJob(in: QueueTrial.queue) { result in
                if case .success = result { answers += 1 }
            }
        }
        fixture.runner.run(forMilliseconds: 30)
        #expect(answers == 0)
        try fixture.server?.cli("RPUSH", "mail", "a", "b")
        fixture.run(until: "both have heard") { answers == 2 }
        #expect(fixture.lease([Self.long, Self.long]).jobs.map(\.text) == ["a", "b"])
    }

    @Test(
        "a channel of the same name keeps its history, and the queue its counts",
        arguments: BrokerKind.allCases)
    func sameName(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        func store(receipt: UInt64) -> UInt64? {
            let store = StoreRequest(rule: HistoryRule(size: 10, timeToLive: Self.long), idPosition: 1)
            let name = QueueTrial.queue.bytes
            fixture[0].broker.publish(Array("{}".utf8).span, to: name.span, store: store, receipt: receipt)
            fixture.run(until: "it is stored") { fixture[0].recorder.answers.last?.receipt == receipt }
            guard case .stored(let id) = fixture[0].recorder.answers.last?.outcome else { return nil }
            return id.offset
        }
        func work() {
            fixture.push("job")
            #expect(fixture.change(fixture.lease([Self.long]).jobs, .done) == [true])
        }
        work()
        #expect(store(receipt: 1) == 1)
        work()
        #expect(store(receipt: 2) == 2)
        #expect(fixture.status() == QueueStatus(done: 2))
    }

    @Test("what is asked of a broker that is closed fails", arguments: BrokerKind.allCases)
    func closed(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let broker = fixture[0].broker
        var failures: [BrokerFailure] = []
        func note<Answer>(_ result: Result<Answer, BrokerFailure>) {
            if case .failure(let failure) = result { failures.append(failure) }
        }
        broker.lease(LeaseRequest(queue: QueueTrial.queue, leases: [1], attempts: 1)) { note($0) }
        broker.close()
        broker.push([1], to: QueueTrial.queue, delay: 0) { note($0) }
        broker.queueStatus(of: QueueTrial.queue, attempts: 1) { note($0) }
        broker.flush()
        fixture.run(until: "the calls after the end have failed") { failures.count >= 2 }
        #expect(failures.allSatisfy { $0 == .unavailable })
    }
}
