import Testing

@testable import Bench

@Suite struct StampTests {
    private func stamp(_ bytes: [UInt8], at offset: Int) -> Stamp? { Stamp(bytes.span, at: offset) }

    private func search(_ bytes: [UInt8]) -> Int? { Stamp.search(bytes.span) }

    @Test("what was written is read again, wherever it stands")
    func roundTrip() {
        let stamps = [
            Stamp(channel: 0, publisher: 0, sequence: 0, time: 0),
            Stamp(channel: .max, publisher: .max, sequence: 0xFFFF_FFFF_FFFF, time: .max),
            Stamp(
                channel: 0x0123_4567, publisher: 0x89AB, sequence: 0xCDEF_0123_4567,
                time: 0x89AB_CDEF_0123_4567),
            Stamp(channel: 9999, publisher: 1, sequence: 2, time: 3, kind: .priming),
        ]
        for stamp in stamps {
            for offset in 0..<9 {
                var bytes = [UInt8](repeating: 0x78, count: 100)
                stamp.write(to: &bytes, at: offset)
                #expect(self.stamp(bytes, at: offset) == stamp)
                #expect(search(bytes) == offset)
            }
        }
    }

    @Test("bytes without a mark hold no stamp, and no offset reads out of bounds")
    func none() {
        var bytes = [UInt8](repeating: 0x72, count: 60)
        #expect(search(bytes) == nil)
        Stamp(channel: 1, publisher: 1, sequence: 1, time: 1).write(to: &bytes, at: 12)
        #expect(self.stamp(bytes, at: 12) != nil)
        for offset in [-1, 11, 13, 59, 60, 1000] { #expect(self.stamp(bytes, at: offset) == nil) }
        #expect(search(Array(bytes.dropLast())) == nil)
    }
}
