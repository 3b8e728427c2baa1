import Synchronization

/// How many there are of something now. Thread-safe.
public final class Gauge: Sendable {
    private let count = Atomic(0)

    public init() {}

    public var value: Int { count.load(ordering: .relaxed) }

    public func add(_ change: Int) { count.wrappingAdd(change, ordering: .relaxed) }
}
