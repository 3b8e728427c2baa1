import Limits
import Testing

private let second: UInt64 = 1_000_000_000
/// Some time of a monotonic clock.
private let start: UInt64 = 5_000 * second

struct TokenBucketTests {
    @Test("a burst goes through at once, then what the rate brings")
    func burst() {
        let bucket = TokenBucket()
        let rate = RateLimit(10, per: .second, burst: 3)
        #expect((0..<3).allSatisfy { _ in bucket.take(rate, now: start) == 0 })
        #expect(bucket.take(rate, now: start) == second / 10)
        #expect(bucket.take(rate, now: start + second / 20) == second / 20)
        #expect(bucket.take(rate, now: start + second / 10) == 0)
        #expect(bucket.take(rate, now: start + second / 10) > 0)
        // A long pause brings no more than the burst.
        let later = start + 1_000 * second
        #expect((0..<3).allSatisfy { _ in bucket.take(rate, now: later) == 0 })
        #expect(bucket.take(rate, now: later) > 0)
    }

    @Test("unless said, a burst is what a second brings, and at least one")
    func standardBurst() {
        #expect(RateLimit(10, per: .second).burst == 10)
        #expect(RateLimit(300, per: .minute).burst == 5)
        #expect(RateLimit(30, per: .minute).burst == 1)
        #expect(RateLimit(1, per: .hour).burst == 1)
    }

    @Test(
        "in the long run as many go through as the rate says",
        arguments: [
            RateLimit(7, per: .second), RateLimit(1_000_000, per: .second, burst: 1),
            RateLimit(300, per: .minute, burst: 50), RateLimit(1, per: .hour, burst: 1_000_000),
        ])
    func longRun(rate: RateLimit) {
        let bucket = TokenBucket()
        while bucket.take(rate, now: start) == 0 {}
        var now = start
        for _ in 0..<1_000 {
            now += bucket.take(rate, now: now)
            guard bucket.take(rate, now: now) == 0 else {
                Issue.record("not let through at the time it was told")
                return
            }
        }
        let expected = Double(
            rate.period == .second ? second : rate.period == .minute ? 60 * second : 3_600 * second)
        #expect(abs(Double(now - start) / (expected * 1_000 / Double(rate.count)) - 1) < 0.01)
    }

    @Test("what is refused costs nothing, and what is given back is there again")
    func refund() {
        let bucket = TokenBucket()
        let rate = RateLimit(1, per: .second)
        #expect(bucket.take(rate, now: start) == 0)
        for _ in 0..<5 { #expect(bucket.take(rate, now: start) == second) }
        bucket.giveBack(rate)
        #expect(bucket.take(rate, now: start) == 0)
        TokenBucket().giveBack(rate)
    }

    @Test("another rate holds at once, also for one that had used up much of the old one")
    func change() {
        let bucket = TokenBucket()
        let slow = RateLimit(1, per: .hour, burst: 100)
        for _ in 0..<100 { #expect(bucket.take(slow, now: start) == 0) }
        let fast = RateLimit(10, per: .second, burst: 5)
        #expect(
            bucket.take(fast, now: start) == second / 10, "empty, but for no longer than the new rate needs")
        #expect(bucket.take(fast, now: start + second / 10) == 0)
        #expect(bucket.take(fast, now: start + second / 10) > 0)
        #expect((0..<5).allSatisfy { _ in bucket.take(fast, now: start + 10 * second) == 0 })
        #expect(bucket.take(fast, now: start + 10 * second) > 0)
    }

    @Test("threads together get no more than one alone")
    func threads() async {
        let bucket = TokenBucket()
        let rate = RateLimit(1, per: .hour, burst: 1_000)
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<1_000).count { _ in bucket.take(rate, now: start) == 0 } }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == 1_000)
    }

    @Test("a rate says in words what it allows")
    func words() {
        #expect(RateLimit(10, per: .second).words("message", "messages") == "10 messages a second")
        #expect(RateLimit(1, per: .minute).words("message", "messages") == "1 message a minute")
        #expect(RateLimit(2, per: .hour).words("request", "requests") == "2 requests an hour")
    }
}
