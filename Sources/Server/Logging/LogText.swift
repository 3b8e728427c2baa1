/// Text from anywhere, made safe for one line of a log or a terminal.
///
/// Control characters, line and paragraph separators, and the invisible format characters that reorder text on a
/// screen are written as JSON escapes (RFC 8259, section 7); so is the backslash, so that an escape is always one.
enum LogText {
    /// The text with its unsafe characters escaped, cut to about `limit` bytes, without quotes.
    static func escaped(_ text: String, limit: Int = 200) -> String {
        var bytes: [UInt8] = []
        appendEscaped(text, to: &bytes, limit: limit)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As it is if nothing could be misread, in quotes otherwise.
    static func appendWord(_ text: String, to bytes: inout [UInt8], limit: Int) {
        let isPlain = !text.isEmpty && text.utf8.count <= limit && text.utf8.allSatisfy(isPlain)
        if isPlain {
            bytes += text.utf8
        } else {
            appendQuoted(text, to: &bytes, limit: limit)
        }
    }

    /// A JSON string.
    static func appendQuoted(_ text: String, to bytes: inout [UInt8], limit: Int) {
        bytes.append(UInt8(ascii: "\""))
        append(text, to: &bytes, limit: limit, escapesQuote: true)
        bytes.append(UInt8(ascii: "\""))
    }

    static func appendEscaped(_ text: String, to bytes: inout [UInt8], limit: Int) {
        append(text, to: &bytes, limit: limit, escapesQuote: false)
    }

    private static func append(_ text: String, to bytes: inout [UInt8], limit: Int, escapesQuote: Bool) {
        let end = bytes.count + limit
        for scalar in text.unicodeScalars {
            guard bytes.count < end else {
                bytes += "…".utf8
                return
            }
            switch scalar {
            case "\\": bytes += "\\\\".utf8
            case "\"" where escapesQuote: bytes += "\\\"".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case let scalar where isUnsafe(scalar): for unit in scalar.utf16 { appendUnit(unit, to: &bytes) }
            default: bytes += scalar.utf8
            }
        }
    }

    private static func appendUnit(_ unit: UInt16, to bytes: inout [UInt8]) {
        let digits = String(unit, radix: 16)
        bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
    }

    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }

    /// Printable ASCII without blanks, quotes, backslash and `=`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "="), UInt8(ascii: "'"): false
        default: byte > 0x20 && byte < 0x7F
        }
    }
}
