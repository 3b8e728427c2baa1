/// A set of bytes.
struct ByteSet: Equatable {
    private var words = SIMD4<UInt64>(repeating: 0)

    mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

    func isSubset(of other: ByteSet) -> Bool { words & ~other.words == .zero }
}
