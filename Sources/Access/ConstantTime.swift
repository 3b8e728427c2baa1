/// Comparing secrets.
public enum ConstantTime {
    /// Whether two byte strings are the same. How long it takes depends on their lengths, not on where they differ.
    public static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
