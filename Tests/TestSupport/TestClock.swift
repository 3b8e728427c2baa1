import Synchronization

/// Milliseconds since 1970, as the test says. Thread-safe.
public final class TestClock: Sendable {
    private let time = Mutex<Int64>(1_763_694_000_000)

    public init() {}

    public var now: Int64 { time.withLock { $0 } }

    public func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}
