import Testing
import Wire

@testable import Bench

@Suite struct ServerFrameHeadTests {
    @Test("lengths of all three forms", arguments: [0, 1, 125, 126, 65_535, 65_536, 100_000])
    func lengths(_ length: Int) throws {
        let frame = Frames.text([UInt8](repeating: 0x78, count: length))
        let decoded = ServerFrameHead(frame.span, at: 0)
        let head = try #require(decoded)
        #expect(head.first == ServerFrameHead.wholeText)
        #expect(head.end == frame.count)
        #expect(head.end - head.start == length)
        #expect(!head.isTooLarge)
    }

    @Test("a head that is not all there is none")
    func cut() {
        let frame = Frames.text([UInt8](repeating: 0x78, count: 70_000))
        for end in 0..<10 { #expect(ServerFrameHead(Array(frame[..<end]).span, at: 0) == nil) }
        #expect(ServerFrameHead(Array(frame[..<10]).span, at: 0) != nil)
        #expect(ServerFrameHead(frame.span, at: frame.count) == nil)
    }

    @Test("impossible lengths and masked frames are too large")
    func tooLarge() {
        let huge = [0x81, 127] + [UInt8](repeating: 0xFF, count: 8)
        #expect(ServerFrameHead(huge.span, at: 0)?.isTooLarge == true)
        let masked = [0x81, 0x80] + [UInt8](repeating: 0, count: 8)
        #expect(ServerFrameHead(masked.span, at: 0)?.isTooLarge == true)
    }
}
