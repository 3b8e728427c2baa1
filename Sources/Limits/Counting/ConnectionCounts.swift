import Synchronization

/// How many connections each has, counted exactly. Thread-safe; a short lock at the opening and the end of each connection.
public final class ConnectionCounts<Key: Hashable & Sendable>: Sendable {
    private let counts = Mutex<[Key: Int]>([:])

    public init() {}

    /// One more connection, which counts for as long as the claim lives; `nil` if there are `maximum` already.
    public func claim(_ key: Key, atMost maximum: Int) -> ConnectionClaim? {
        let isWithin = counts.withLock { counts in
            guard counts[key, default: 0] < maximum else { return false }
            counts[key, default: 0] += 1
            return true
        }
        guard isWithin else { return nil }
        return ConnectionClaim { [self] in release(key) }
    }

    /// How many it has now.
    public subscript(key: Key) -> Int { counts.withLock { $0[key] ?? 0 } }

    private func release(_ key: Key) {
        counts.withLock { counts in
            guard let count = counts[key] else { return }
            counts[key] = count > 1 ? count - 1 : nil
        }
    }
}
