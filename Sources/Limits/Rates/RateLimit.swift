/// So many a second, minute or hour, and so many at once: the generic cell rate algorithm's two parameters (ITU-T I.371,
/// annex A.1).
public struct RateLimit: Equatable, Sendable {
    public enum Period: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "m"
        case hour = "h"

        var nanoseconds: UInt64 {
            switch self {
            case .second: 1_000_000_000
            case .minute: 60_000_000_000
            case .hour: 3_600_000_000_000
            }
        }
    }

    /// What a rate or a burst may be. It keeps all sums below 2⁶³ nanoseconds.
    public static let range = 1...1_000_000

    public let count: Int
    public let period: Period
    /// How many may come at once after a pause.
    public let burst: Int

    /// - Parameters: `count` and `burst` within `range`.
    public init(_ count: Int, per period: Period, burst: Int? = nil) {
        precondition(Self.range.contains(count) && burst.map(Self.range.contains) ?? true)
        self.count = count
        self.period = period
        self.burst = burst ?? Self.standardBurst(count, period)
    }

    /// What a second brings, and at least one.
    public static func standardBurst(_ count: Int, _ period: Period) -> Int {
        max(1, count / Int(period.nanoseconds / 1_000_000_000))
    }

    /// Nanoseconds between two, in the long run.
    private var interval: UInt64 { period.nanoseconds / UInt64(count) }

    /// One more at the time `now`.
    /// - Parameters:
    ///   - full: when the bucket is, or was, full; a time in the past counts as now.
    ///   - now: nanoseconds.
    /// - Returns: when it is full again from now on, and for how many nanoseconds this one must wait: 0 if it is let
    ///   through.
    func take(_ full: UInt64, now: UInt64) -> (full: UInt64, wait: UInt64) {
        let empty = now + interval * UInt64(burst)
        let next = max(full, now) + interval
        if next <= empty { return (next, 0) }
        // A bucket that another rate has emptied further than this one can is just empty.
        guard full > empty + Self.tolerance else { return (full, next - empty) }
        return (empty, interval)
    }

    /// Nanoseconds by which the clocks of threads that have not looked at them lately may be apart.
    private static let tolerance: UInt64 = 1_000_000_000

    /// When the bucket is full after one was given back.
    func giveBack(_ full: UInt64) -> UInt64 { full - min(full, interval) }

    /// In words, for error messages: `10 messages a second`.
    public func words(_ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many) \(period == .hour ? "an" : "a") \(period)"
    }
}
