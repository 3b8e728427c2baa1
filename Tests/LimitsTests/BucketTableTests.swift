import Limits
import Testing

private let second: UInt64 = 1_000_000_000
private let start: UInt64 = 5_000 * second

struct BucketTableTests {
    private let rate = RateLimit(1, per: .second)

    @Test("whoever comes back finds the bucket as it was left")
    func comingBack() {
        let table = BucketTable<Int>()
        #expect(table.bucket(of: 1, now: start).take(rate, now: start) == 0)
        #expect(table.bucket(of: 1, now: start).take(rate, now: start) > 0)
        #expect(table.bucket(of: 2, now: start).take(rate, now: start) == 0)
    }

    @Test("buckets are dropped once they are full and nobody holds them")
    func sweeping() {
        let table = BucketTable<Int>()
        let held = table.bucket(of: -1, now: start)
        #expect(table.bucket(of: -2, now: start).take(RateLimit(1, per: .hour), now: start) == 0)
        for key in 0..<10_000 { _ = table.bucket(of: key, now: start) }
        #expect(table.count < 4_000)
        #expect(table.bucket(of: -1, now: start) === held)
        #expect(table.bucket(of: -2, now: start).take(RateLimit(1, per: .hour), now: start) > 0)
    }

    @Test("the table is bounded, whatever comes; what is held stays")
    func bound() {
        let table = BucketTable<Int>(maximum: 2_000)
        let held = (0..<100).map { table.bucket(of: -$0 - 1, now: start) }
        for key in 0..<50_000 { #expect(table.bucket(of: key, now: start).take(rate, now: start) == 0) }
        #expect(table.count <= 2_000)
        for (index, bucket) in held.enumerated() {
            #expect(table.bucket(of: -index - 1, now: start) === bucket)
        }
    }
}
