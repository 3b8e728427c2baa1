import EventLoop
import TestSupport
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test("steps double up to the maximum and begin anew after a success")
    func steps() {
        var backoff = Backoff(initial: 100, maximum: 5000)
        var random = SeededGenerator(seed: 1)
        var previous: UInt64 = 0
        for step in [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000] as [UInt64] {
            let delay = backoff.next(using: &random)
            #expect(delay <= step)
            previous = delay
        }
        #expect(previous > 0)
        backoff.reset()
        #expect(backoff.next(using: &random) <= 100)
    }

    @Test("the jitter spreads the delays over their range")
    func jitter() {
        var random = SeededGenerator(seed: 2)
        let delays = (0..<1000).map { _ in
            var backoff = Backoff(initial: 1000, maximum: 5000)
            return backoff.next(using: &random)
        }
        #expect(Set(delays).count > 300)
        #expect(delays.allSatisfy { $0 <= 1000 })
    }

    @Test("delays stay within the bounds at the very ends of the range")
    func extremes() {
        var random = SeededGenerator(seed: 3)
        var long = Backoff(initial: 1, maximum: .max)
        for _ in 0..<200 { #expect(long.next(using: &random) > 0) }
        var short = Backoff(initial: 1, maximum: 1)
        for _ in 0..<3 { #expect(short.next(using: &random) <= 1) }
    }
}
