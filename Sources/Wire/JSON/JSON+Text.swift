extension JSON {
    /// Appends a string value's text in UTF-8, escapes resolved. A lone surrogate becomes U+FFFD.
    /// - Precondition: `value` is a string that this reader found in `bytes`.
    public static func appendText(of value: JSONValue, in bytes: Span<UInt8>, to text: inout [UInt8]) {
        guard value.hasEscapes else { return text.append(copying: bytes, value.contents) }
        var index = value.contents.lowerBound
        let end = value.contents.upperBound
        while index < end {
            guard bytes[index] == UInt8(ascii: "\\") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            index += 2
            switch bytes[index - 1] {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): appendScalar(bytes, &index, to: &text)
            case let character: text.append(character)
            }
        }
    }

    /// The scalar of a `\uXXXX`, or of two that form a surrogate pair; `index` is behind the `u`.
    private static func appendScalar(_ bytes: Span<UInt8>, _ index: inout Int, to text: inout [UInt8]) {
        guard let first = hexadecimal(bytes, at: index) else { return }
        index += 4
        var code = first
        if first & 0xFC00 == 0xD800, bytes.count - index >= 6, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u"), let second = hexadecimal(bytes, at: index + 2),
            second & 0xFC00 == 0xDC00
        {
            index += 6
            code = 0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF)
        }
        text.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
    }

    /// Appends `text`, which is UTF-8, as a JSON string, quotes included.
    public static func appendString(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(copying: text, start..<index)
            start = index + 1
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x08: bytes.append(UInt8(ascii: "b"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0C: bytes.append(UInt8(ascii: "f"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            case 0..<0x20:
                bytes.append("u00")
                bytes.append(UInt8(ascii: "0") + byte >> 4)
                let low = byte & 0xF
                bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
            default: bytes.append(byte)
            }
        }
        bytes.append(copying: text, start..<text.count)
        bytes.append(UInt8(ascii: "\""))
    }

    public static func appendString(_ text: String, to bytes: inout [UInt8]) {
        appendString(Array(text.utf8).span, to: &bytes)
    }

    /// Appends a decimal integer without going through `String`.
    public static func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var unit: UInt64 = 1
        while value.magnitude / unit >= 10 { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value.magnitude / unit % 10))
            unit /= 10
        }
    }
}
