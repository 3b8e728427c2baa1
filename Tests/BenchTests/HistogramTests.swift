import Testing

@testable import Bench

@Suite struct HistogramTests {
    @Test("an empty histogram says 0")
    func empty() {
        let histogram = Histogram()
        #expect(histogram.count == 0)
        #expect(histogram.quantile(0.99) == 0)
        #expect(histogram.mean == 0)
        #expect(histogram.maximum == 0)
    }

    @Test("small values are kept exactly")
    func exact() {
        var histogram = Histogram()
        for value: UInt64 in 1...100 { histogram.record(value) }
        #expect(histogram.quantile(0.5) == 50)
        #expect(histogram.quantile(0.99) == 99)
        #expect(histogram.quantile(1) == 100)
        #expect(histogram.mean == 50.5)
    }

    @Test(
        "any value comes back within 0.8 %",
        arguments: [127, 128, 255, 256, 257, 1000, 65_535, 65_536, 1_234_567, 999_999_999, 123_456_789_012]
            as [UInt64])
    func precise(_ value: UInt64) {
        var histogram = Histogram()
        histogram.record(value)
        histogram.record(value * 2)
        let found = histogram.quantile(0.5)
        #expect(found >= value)
        #expect(Double(found - value) <= Double(value) * 0.008)
        #expect(histogram.maximum == value * 2)
    }

    @Test("every step's end lies in that step, and steps do not overlap")
    func steps() {
        var last: UInt64 = 0
        var value: UInt64 = 1
        while value < 1 << 39 {
            var histogram = Histogram()
            histogram.record(value)
            histogram.record(.max)
            let end = histogram.quantile(0.5)
            #expect(end >= value && end >= last)
            last = end
            value = end + 1 + value / 50
        }
    }

    @Test("a value beyond the range counts as the largest, and its true size is the maximum")
    func beyond() {
        var histogram = Histogram()
        histogram.record(.max)
        #expect(histogram.count == 1)
        #expect(histogram.maximum == .max)
        #expect(histogram.quantile(0.5) == 1 << 40 - 1)
    }

    @Test("two histograms add up")
    func sum() {
        var first = Histogram()
        var second = Histogram()
        for value: UInt64 in 1...50 { first.record(value) }
        for value: UInt64 in 51...100 { second.record(value) }
        first.add(second)
        #expect(first.count == 100)
        #expect(first.quantile(0.75) == 75)
        #expect(first.maximum == 100)
    }
}
