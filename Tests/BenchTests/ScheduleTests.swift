import Testing

@testable import Bench

@Suite struct ScheduleTests {
    @Test("messages are due at even distances")
    func even() {
        let schedule = Schedule(start: 1000, rate: 4)
        #expect(schedule.time(of: 0) == 1000)
        #expect(schedule.time(of: 1) == 250_001_000)
        #expect(schedule.time(of: 4) == 1_000_001_000)
    }

    @Test(
        "a rate that does not divide a second drifts by no nanosecond in a day",
        arguments: [3, 7, 150, 999_983] as [UInt64])
    func noDrift(_ rate: UInt64) {
        let schedule = Schedule(start: 0, rate: rate)
        #expect(schedule.time(of: rate * 86_400) == 86_400 * 1_000_000_000)
        #expect(schedule.time(of: rate * 86_400 + 1) == 86_400 * 1_000_000_000 + 1_000_000_000 / rate)
    }

    @Test("a stall shows in the latency of every message that was due in it")
    func coordinatedOmission() throws {
        // 100 messages a second; the server delivers at once, but nothing between 1 s and 2 s.
        let traffic = try Traffic(subscribers: 1, channels: 1, publishers: 1, name: "c", size: 48)
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        ledger.measuredFrom = 0
        let schedule = Schedule(start: 0, rate: 100)
        for number: UInt64 in 0..<300 {
            _ = ledger.publish(to: 1)
            let due = schedule.time(of: number)
            let received = due >= 1_000_000_000 && due < 2_000_000_000 ? 2_000_000_000 : due
            var position = 0
            let frame = Frames.text(Frames.data(traffic, number, time: due))
            _ = ledger.take(frame.span, &position, subscriber: 0, now: received)
        }
        #expect(ledger.counts.delivered == 300)
        #expect(ledger.latency.maximum == 1_000_000_000)
        // A third of the messages was late, by 0 to 1 s.
        #expect(ledger.latency.quantile(0.66) == 0)
        let median = Double(ledger.latency.quantile(2 / 3 + 1 / 6))
        #expect(abs(median - 5e8) < 2e7)
    }
}
