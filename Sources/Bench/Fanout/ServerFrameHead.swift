import Wire

/// The head of one unmasked frame, decoded in place: RFC 6455 section 5.2, as much as a load generator needs.
struct ServerFrameHead {
    /// The first byte: 0x81 is a whole text message.
    let first: UInt8
    /// Where the payload begins and where the frame ends, in the input.
    let start: Int
    let end: Int

    static let wholeText: UInt8 = 0x81
    static let wholeBinary: UInt8 = 0x82
    /// The largest payload taken, in bytes: no message of a run comes near it.
    static let maximumPayload = 16 << 20

    /// What is no frame of a WebSocket, but whole.
    init(start: Int, end: Int) {
        first = Self.wholeText
        self.start = start
        self.end = end
    }

    /// The frame at `position`, or `nil` unless all of its head is there.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at position: Int) {
        guard bytes.count - position >= 2 else { return nil }
        first = bytes[position]
        let short = Int(bytes[position + 1])
        if short < 126 {
            start = position + 2
            end = start + short
        } else if short == 126 {
            guard bytes.count - position >= 4 else { return nil }
            start = position + 4
            end = start + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
        } else {
            guard bytes.count - position >= 10 else { return nil }
            var length = 0
            // A mask bit (second byte above 127) ends here too, as a length nobody accepts.
            for index in 2..<10 {
                length = min(length, Self.maximumPayload) << 8 | Int(bytes[position + index])
            }
            start = position + 10
            end = start + (short == 127 ? length : Self.maximumPayload + 1)
        }
    }

    var isTooLarge: Bool { end - start > Self.maximumPayload }
}
