import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

@Suite("What waits for Redis is bounded")
struct RedisLimitTests {
    @Test("with Redis stuck publishers are told to pause, then refused; when it goes on, they may")
    func stuck() throws {
        let server = try RedisServer()
        // Silence would end the connection.
        let fixture = try RedisFixture(on: server) { $0.probeInterval = 600_000 }
        defer { fixture.close() }
        server.suspend()
        let payload = [UInt8](repeating: 1, count: 1 << 20)
        var receipt: UInt64 = 0
        func publish() {
            fixture.broker.publish(payload.span, to: Array("chat".utf8).span, receipt: receipt)
            fixture.broker.flush()
            receipt += 1
        }
        while !fixture.broker.isCongested, receipt < 200 { publish() }
        #expect(fixture.broker.isCongested)
        let congested = receipt
        while fixture.recorder.answers.isEmpty, receipt < 200 { publish() }
        #expect(fixture.recorder.answers == [.init(receipt - 1, .failed(.overloaded))])
        #expect(
            (50...60).contains(receipt - 1 - congested),
            "64 MiB is where refusing begins, 8 where pausing does")
        #expect(fixture.recorder.drainedCount == 0)
        server.resume()
        fixture.run(until: "all are answered") { fixture.recorder.answers.count == receipt }
        #expect(fixture.recorder.answers.dropFirst().allSatisfy { $0.outcome == .accepted })
        #expect(fixture.recorder.drainedCount == 1)
        #expect(!fixture.broker.isCongested)
    }

    @Test("many small publishes without an answer are a reason to pause too")
    func unanswered() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server) { $0.probeInterval = 600_000 }
        defer { fixture.close() }
        server.suspend()
        for receipt in 0..<100_000 { fixture.publish("", to: "c", receipt: UInt64(receipt)) }
        fixture.runner.run(forMilliseconds: 20)
        #expect(!fixture.broker.isCongested)
        fixture.publish("", to: "c", receipt: 100_000)
        #expect(fixture.broker.isCongested)
        server.resume()
        fixture.run(until: "drained") { fixture.recorder.drainedCount == 1 }
        #expect(fixture.recorder.answers.count >= 50_000)
        fixture.run(until: "all are answered") { fixture.recorder.answers.count == 100_001 }
        #expect(fixture.recorder.answers.map(\.receipt) == (0...100_000).map { UInt64($0) })
    }

    @Test("a lost connection ends the congestion")
    func lostWhileCongested() throws {
        let server = try RedisServer()
        let fixture = try RedisFixture(on: server) { $0.probeInterval = 600_000 }
        defer { fixture.close() }
        server.suspend()
        for _ in 0...100_000 { fixture.publish("", to: "c") }
        #expect(fixture.broker.isCongested)
        server.kill()
        fixture.run(until: "it is noticed") { fixture.broker.status != .ready }
        #expect(!fixture.broker.isCongested)
        #expect(fixture.recorder.drainedCount == 1)
    }
}
