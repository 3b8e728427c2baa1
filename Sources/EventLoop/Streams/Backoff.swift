/// How long to wait before the next attempt to connect: twice as long each time, with jitter, so that clients that
/// were cut off together do not come back together. Pure.
public struct Backoff: Sendable {
    private let initial: UInt64
    private let maximum: UInt64
    private var current: UInt64

    /// - Parameters: milliseconds; `initial` at least 1.
    public init(initial: UInt64 = 200, maximum: UInt64 = 10_000) {
        precondition(initial > 0 && initial <= maximum, "a back-off grows from a positive start")
        self.initial = initial
        self.maximum = maximum
        current = initial
    }

    /// Milliseconds to wait now: between half of the current step and all of it.
    public mutating func next(using random: inout some RandomNumberGenerator) -> UInt64 {
        defer { current = current > maximum / 2 ? maximum : current * 2 }
        return UInt64.random(in: current - current / 2...current, using: &random)
    }

    public mutating func next() -> UInt64 {
        var random = SystemRandomNumberGenerator()
        return next(using: &random)
    }

    /// The connection works: the next failure starts from the beginning.
    public mutating func reset() { current = initial }
}
