/// A strict JSON reader over bytes (RFC 8259): validates, and says where things are. It builds no tree.
///
/// Every byte is checked, UTF-8 inside strings included, so text that passes may be forwarded as it is.
public enum JSON {
    /// How deep arrays and objects may nest.
    public static let maximumDepth = 64

    /// Validates a whole JSON text: one value, white space around it.
    public static func validate(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var position = 0
        skipWhitespace(bytes, &position)
        let value = try value(bytes, &position)
        skipWhitespace(bytes, &position)
        guard position == bytes.count else { throw JSONError("something follows the value", at: position) }
        return value
    }

    /// The value that starts at `position`, which moves behind it.
    static func value(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) -> JSONValue {
        guard position < bytes.count else { throw JSONError("a value is missing", at: position) }
        let start = position
        switch bytes[start] {
        case UInt8(ascii: "\""):
            let hasEscapes = try skipString(bytes, &position)
            return JSONValue(.string, start..<position, hasEscapes: hasEscapes)
        case UInt8(ascii: "{"):
            try skipContainer(bytes, &position)
            return JSONValue(.object, start..<position)
        case UInt8(ascii: "["):
            try skipContainer(bytes, &position)
            return JSONValue(.array, start..<position)
        default:
            return JSONValue(try skipScalar(bytes, &position), start..<position)
        }
    }

    /// Moves to the next item of an array or object that is a whole text.
    /// - Parameters:
    ///   - kind: `an array`, for errors.
    ///   - end: the bracket that ends it.
    /// - Returns: false at its end, behind which nothing stands.
    @inline(__always)
    static func nextItem(
        _ bytes: Span<UInt8>, _ position: inout Int, isFirst: inout Bool, of kind: StaticString, end: UInt8
    ) throws(JSONError) -> Bool {
        skipWhitespace(bytes, &position)
        guard position < bytes.count else { throw JSONError("\(kind) does not end", at: position) }
        if bytes[position] == end {
            position += 1
            skipWhitespace(bytes, &position)
            guard position == bytes.count else {
                throw JSONError("something follows the value", at: position)
            }
            return false
        }
        if !isFirst {
            guard bytes[position] == UInt8(ascii: ",") else {
                throw JSONError("',' or '\(Unicode.Scalar(end))' is missing", at: position)
            }
            position += 1
            skipWhitespace(bytes, &position)
        }
        isFirst = false
        return true
    }

    @inline(__always)
    static func skipWhitespace(_ bytes: Span<UInt8>, _ position: inout Int) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// Moves behind the string at `position`; whether it has escapes.
    static func skipString(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw JSONError("a string is missing", at: position)
        }
        position += 1
        var hasEscapes = false
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return hasEscapes
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape(bytes, &position)
            case 0..<0x20:
                throw JSONError("a control character in a string", at: position)
            case 0x80...:
                guard let length = UTF8Validator.sequenceLength(bytes, at: position) else {
                    throw JSONError("invalid UTF-8", at: position)
                }
                position += length
            default:
                position += 1
            }
        }
        throw JSONError("a string does not end", at: position)
    }

    private static func skipEscape(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        guard bytes.count - position >= 2 else { throw JSONError("a string does not end", at: position) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard hexadecimal(bytes, at: position + 2) != nil else {
                throw JSONError("\\u wants four hexadecimal digits", at: position)
            }
            position += 6
        default:
            throw JSONError("an unknown escape", at: position)
        }
    }

    /// The four hexadecimal digits at `index`, or `nil`.
    static func hexadecimal(_ bytes: Span<UInt8>, at index: Int) -> UInt32? {
        guard bytes.count - index >= 4 else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hexadecimalDigit(bytes[index + offset]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func skipScalar(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError)
        -> JSONValue.Kind
    {
        switch bytes[position] {
        case UInt8(ascii: "t"):
            try skipWord("true", bytes, &position)
            return .boolean(true)
        case UInt8(ascii: "f"):
            try skipWord("false", bytes, &position)
            return .boolean(false)
        case UInt8(ascii: "n"):
            try skipWord("null", bytes, &position)
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try skipNumber(bytes, &position)
            return .number
        default:
            throw JSONError("a value is missing", at: position)
        }
    }

    private static func skipWord(
        _ word: StaticString, _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes.extracting(position..<end).equals(word) else {
            throw JSONError("a value is missing", at: position)
        }
        position = end
    }

    private static func skipNumber(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        let start = position
        try skipDigits(bytes, &position)
        if bytes[start] == UInt8(ascii: "0"), position - start > 1 {
            throw JSONError("a number begins with 0", at: start)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(bytes, &position)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
            {
                position += 1
            }
            try skipDigits(bytes, &position)
        }
    }

    private static func skipDigits(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"),
            bytes[position] <= UInt8(ascii: "9")
        {
            position += 1
        }
        if position == start { throw JSONError("a digit is missing", at: position) }
    }

    /// Moves behind the array or object at `position`. No recursion: the open containers are the bits of one word,
    /// 1 for an object, the innermost lowest.
    private static func skipContainer(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        var open: UInt64 = 0
        var depth = 0
        var expectsValue = true
        repeat {
            skipWhitespace(bytes, &position)
            guard position < bytes.count else {
                throw JSONError("an array or object does not end", at: position)
            }
            let byte = bytes[position]
            if expectsValue {
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    guard depth < maximumDepth else {
                        throw JSONError("nested deeper than \(maximumDepth)", at: position)
                    }
                    let isObject = byte == UInt8(ascii: "{")
                    open = open << 1 | (isObject ? 1 : 0)
                    depth += 1
                    position += 1
                    skipWhitespace(bytes, &position)
                    let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                    if position < bytes.count, bytes[position] == end {
                        position += 1
                        open >>= 1
                        depth -= 1
                        expectsValue = false
                    } else if isObject {
                        try skipKey(bytes, &position)
                    }
                case UInt8(ascii: "\""):
                    _ = try skipString(bytes, &position)
                    expectsValue = false
                default:
                    _ = try skipScalar(bytes, &position)
                    expectsValue = false
                }
            } else {
                let isObject = open & 1 == 1
                switch byte {
                case UInt8(ascii: ","):
                    position += 1
                    if isObject { try skipKey(bytes, &position) }
                    expectsValue = true
                case isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"):
                    position += 1
                    open >>= 1
                    depth -= 1
                default:
                    throw JSONError(
                        isObject ? "',' or '}' is missing" : "',' or ']' is missing", at: position)
                }
            }
        } while depth > 0
    }

    private static func skipKey(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        skipWhitespace(bytes, &position)
        _ = try skipString(bytes, &position)
        try skipColon(bytes, &position)
    }

    static func skipColon(_ bytes: Span<UInt8>, _ position: inout Int) throws(JSONError) {
        skipWhitespace(bytes, &position)
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            throw JSONError("':' is missing", at: position)
        }
        position += 1
    }
}

/// The value of one hexadecimal digit, or `nil`.
@inlinable
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
