import Synchronization

/// What somebody has left of a rate: one number, the time when nothing of it is used up any more. Lock-free; whoever has a
/// reference may take from it. The rate is told with every taking, so that it can change at any time.
public final class TokenBucket: Sendable {
    /// Nanoseconds of the clock that all takers have.
    private let full = Atomic<UInt64>(0)

    public init() {}

    /// Takes one token; 0 if there was one, else the nanoseconds until there is one. Then nothing was taken.
    public func take(_ rate: RateLimit, now: UInt64) -> UInt64 {
        var found = full.load(ordering: .relaxed)
        while true {
            let (next, wait) = rate.take(found, now: now)
            if next == found { return wait }
            let result = full.weakCompareExchange(expected: found, desired: next, ordering: .relaxed)
            if result.exchanged { return wait }
            found = result.original
        }
    }

    /// Puts one back that was taken and not used.
    public func giveBack(_ rate: RateLimit) {
        var found = full.load(ordering: .relaxed)
        while true {
            let result = full.weakCompareExchange(
                expected: found, desired: rate.giveBack(found), ordering: .relaxed)
            if result.exchanged { return }
            found = result.original
        }
    }

    /// Whether it is as good as new.
    func isFull(now: UInt64) -> Bool { full.load(ordering: .relaxed) <= now }
}
