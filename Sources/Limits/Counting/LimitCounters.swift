import Synchronization
import Wire

/// How often each limit was run into since the start. Thread-safe: all workers of a node share one.
public final class LimitCounters: Sendable {
    private final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }

    private let counters: [Limit: Counter]

    public init() {
        counters = Dictionary(uniqueKeysWithValues: Limit.allCases.map { ($0, Counter()) })
    }

    /// Notes that a limit was run into; `nil` is none.
    public func count(_ limit: Limit?) {
        guard let limit else { return }
        counters[limit]?.value.wrappingAdd(1, ordering: .relaxed)
    }

    public subscript(limit: Limit) -> UInt64 {
        counters[limit]?.value.load(ordering: .relaxed) ?? 0
    }
}
