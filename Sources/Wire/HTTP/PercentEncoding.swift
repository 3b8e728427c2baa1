/// Percent-encoding, RFC 3986 section 2.1.
public enum PercentEncoding {
    /// The decoded bytes, or `nil` where a `%` is not followed by two hexadecimal digits.
    public static func decode(_ text: Span<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard text.count - index > 2, let high = hexadecimalDigit(text[index + 1]),
                    let low = hexadecimalDigit(text[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
                index += 1
            }
        }
        return bytes
    }
}
