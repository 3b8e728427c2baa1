/// When each message of a steady stream is due. Pure.
///
/// Latency is measured from the moment a message was due, not from when it was sent: a generator or server that falls
/// behind must not hide its delay by sending less ("coordinated omission").
public struct Schedule: Equatable, Sendable {
    /// When message 0 is due, in nanoseconds.
    public let start: UInt64
    /// Messages a second, at least 1.
    public let rate: UInt64

    public init(start: UInt64, rate: UInt64) {
        precondition(rate > 0, "a schedule has a rate")
        self.start = start
        self.rate = rate
    }

    /// When message `number` is due, in nanoseconds. No error adds up over time.
    public func time(of number: UInt64) -> UInt64 {
        let (seconds, rest) = number.quotientAndRemainder(dividingBy: rate)
        return start + seconds * 1_000_000_000 + rest * 1_000_000_000 / rate
    }
}
