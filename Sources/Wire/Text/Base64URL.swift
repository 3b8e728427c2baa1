/// Base64 with the alphabet for URLs and without padding: RFC 4648 section 5, as RFC 7515 section 2 uses it.
public enum Base64URL {
    public static func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
        let start = text.count
        Base64.append(bytes, to: &text)
        while text.count > start, text.last == UInt8(ascii: "=") { text.removeLast() }
        for index in start..<text.count {
            switch text[index] {
            case UInt8(ascii: "+"): text[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): text[index] = UInt8(ascii: "_")
            default: break
            }
        }
    }

    /// The bytes, or `nil` where the text is not the one form that these bytes have.
    public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 2)
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            case let character: standard.append(character)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        return Base64.decode(standard.span)
    }
}
