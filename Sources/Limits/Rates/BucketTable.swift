import Synchronization

/// The buckets of all users, or of all addresses. Thread-safe; a short lock when somebody's is looked up.
///
/// A bucket outlives those who use it until it is full again: coming back does not fill it. Then it is dropped. The
/// table is bounded: with more than `maximum` buckets those are dropped too that nobody holds, although they are not full.
/// Whoever has so many addresses is not held back by a limit per address.
public final class BucketTable<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        /// How many there must be for the next look for those that can go.
        var threshold = BucketTable.leastThreshold
    }

    private let state = Mutex(State())
    private let maximum: Int

    private static var leastThreshold: Int { 1_024 }

    public init(maximum: Int = 100_000) { self.maximum = maximum }

    /// The bucket of `key`, a full one if it has none. It stays that one for as long as anybody holds it.
    /// - Parameter now: nanoseconds of the clock that takers have.
    public func bucket(of key: Key, now: UInt64) -> TokenBucket {
        state.withLock { state in
            if let bucket = state.buckets[key] { return bucket }
            if state.buckets.count >= state.threshold { sweep(&state, now) }
            let bucket = TokenBucket()
            state.buckets[key] = bucket
            return bucket
        }
    }

    /// Buckets that are kept.
    public var count: Int { state.withLock { $0.buckets.count } }

    private func sweep(_ state: inout State, _ now: UInt64) {
        drop(&state) { $0.isFull(now: now) }
        if state.buckets.count >= maximum { drop(&state) { _ in true } }
        // Twice what is left: each bucket that is added pays for the look at two.
        state.threshold = max(Self.leastThreshold, min(state.buckets.count * 2, maximum))
        // With more than the maximum in use, a look at each new one would find nothing.
        if state.buckets.count >= maximum { state.threshold = state.buckets.count * 2 }
    }

    /// Drops those that nobody holds and that `canGo`.
    private func drop(_ state: inout State, _ canGo: (TokenBucket) -> Bool) {
        var index = state.buckets.startIndex
        var gone: [Key] = []
        while index != state.buckets.endIndex {
            if isKnownUniquelyReferenced(&state.buckets.values[index]), canGo(state.buckets.values[index]) {
                gone.append(state.buckets.keys[index])
            }
            state.buckets.formIndex(after: &index)
        }
        for key in gone { state.buckets[key] = nil }
    }
}
