import Wire

/// What every message of a run begins with: which one it is and when it was due. 48 characters, so that it can stand
/// in a JSON string and be read at a fixed place without parsing.
///
///     roost#1:CCCCCCCCPPPPSSSSSSSSSSSSTTTTTTTTTTTTTTTT
///
/// hexadecimal digits for channel, publisher, sequence number within (channel, publisher), and time in nanoseconds.
struct Stamp: Equatable {
    /// Its length in bytes: the least size of a message.
    static let size = 48

    enum Kind: UInt8 {
        /// Sent until every subscriber is known to be reached; not counted.
        case priming = 0x30
        case counted = 0x31
    }

    var kind = Kind.counted
    var channel: UInt32
    var publisher: UInt16
    /// 48 bits.
    var sequence: UInt64
    /// When the message was due, on the clock of this machine, in nanoseconds.
    var time: UInt64

    /// `roost#1:` and `roost#0:` as one little-endian word.
    private static let countedMark = word("roost#1:")
    private static let primingMark = word("roost#0:")

    private static func word(_ text: String) -> UInt64 {
        text.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    init(channel: UInt32, publisher: UInt16, sequence: UInt64, time: UInt64, kind: Kind = .counted) {
        self.kind = kind
        self.channel = channel
        self.publisher = publisher
        self.sequence = sequence
        self.time = time
    }

    /// The stamp at `offset`, or `nil` if there is none. Digits that are not hexadecimal give wrong numbers, no error:
    /// whoever uses them compares them with what was sent.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard offset >= 0, bytes.count - offset >= Self.size else { return nil }
        let raw = unsafe bytes.bytes
        // In bounds: `offset + size` is at most the count.
        let mark = unsafe UInt64(
            littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        guard mark == Self.countedMark || mark == Self.primingMark else { return nil }
        kind = mark == Self.countedMark ? .counted : .priming
        let first = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
        let second = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset + 16, as: UInt64.self)
        let third = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset + 24, as: UInt64.self)
        let fourth = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset + 32, as: UInt64.self)
        let fifth = unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset + 40, as: UInt64.self)
        channel = Self.number(first)
        let middle = UInt64(Self.number(second)) << 32 | UInt64(Self.number(third))
        publisher = UInt16(middle >> 48)
        sequence = middle & 0xFFFF_FFFF_FFFF
        time = UInt64(Self.number(fourth)) << 32 | UInt64(Self.number(fifth))
    }

    /// Where the first stamp in `bytes` begins.
    static func search(_ bytes: Span<UInt8>) -> Int? {
        var offset = 0
        while bytes.count - offset >= size {
            if bytes[offset] == UInt8(ascii: "r"), Stamp(bytes, at: offset) != nil { return offset }
            offset += 1
        }
        return nil
    }

    /// Writes the stamp over the bytes from `offset` on.
    func write(to bytes: inout [UInt8], at offset: Int) {
        var mark = kind == .counted ? Self.countedMark : Self.primingMark
        for index in 0..<8 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: mark)
            mark >>= 8
        }
        Self.write(UInt64(channel), digits: 8, to: &bytes, at: offset + 8)
        Self.write(UInt64(publisher) << 48 | sequence, digits: 16, to: &bytes, at: offset + 16)
        Self.write(time, digits: 16, to: &bytes, at: offset + 32)
    }

    private static func write(_ value: UInt64, digits: Int, to bytes: inout [UInt8], at offset: Int) {
        var rest = value
        for index in stride(from: offset + digits - 1, through: offset, by: -1) {
            let digit = UInt8(rest & 0xF)
            bytes[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            rest >>= 4
        }
    }

    /// The value of eight hexadecimal digits, the first in the lowest byte; all of them at once.
    @inline(__always)
    private static func number(_ loaded: UInt64) -> UInt32 {
        let digits = UInt64(littleEndian: loaded)
        // A letter has bit 6 set, and its low four bits are 9 less than its value.
        let letters = digits >> 6 & 0x0101_0101_0101_0101
        var value = (digits & 0x0F0F_0F0F_0F0F_0F0F &+ letters &* 9).byteSwapped
        value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: value | value >> 16)
    }
}
