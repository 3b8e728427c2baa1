/// How often each duration was seen, in logarithmic steps that are each divided linearly (the shape of HdrHistogram):
/// any value up to 2^40 ns (18 minutes) is kept within 0.8 %, in 36 KiB. Recording costs a few nanoseconds.
public struct Histogram: Sendable {
    /// Values below 2^7 stand each for themselves; each doubling above has 2^7 steps.
    private static let precisionBits = 7
    private static let largest: UInt64 = 1 << 40 - 1
    private static let size = (40 - precisionBits + 1) << precisionBits

    private var counts = [UInt64](repeating: 0, count: size)
    public private(set) var count: UInt64 = 0
    public private(set) var maximum: UInt64 = 0
    private var sum: UInt64 = 0

    public init() {}

    /// Adds one value, in nanoseconds.
    public mutating func record(_ value: UInt64) {
        counts[Self.index(min(value, Self.largest))] += 1
        count += 1
        sum &+= value
        if value > maximum { maximum = value }
    }

    public mutating func add(_ other: Histogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        sum &+= other.sum
        maximum = max(maximum, other.maximum)
    }

    public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// The smallest value that at least `fraction` (0 to 1) of the recorded ones do not exceed, as the upper end of its
    /// step; 0 when nothing was recorded.
    public func quantile(_ fraction: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let wanted = max(1, UInt64((Double(count) * fraction).rounded(.up)))
        var seen: UInt64 = 0
        for index in counts.indices {
            seen += counts[index]
            if seen >= wanted { return min(Self.upperEnd(index), maximum) }
        }
        return maximum
    }

    private static func index(_ value: UInt64) -> Int {
        let shift = max(0, 63 - precisionBits - (value | 1).leadingZeroBitCount)
        return shift << precisionBits + Int(value >> UInt64(shift))
    }

    /// The largest value of a step: the inverse of `index`.
    private static func upperEnd(_ index: Int) -> UInt64 {
        let shift = max(0, index >> precisionBits - 1)
        let step = UInt64(index - shift << precisionBits)
        return (step + 1) << UInt64(shift) - 1
    }
}
