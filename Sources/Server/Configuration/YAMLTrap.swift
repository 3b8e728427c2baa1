/// Finds what a configuration has no use for and what makes a YAML parser's work explode, before it is parsed.
///
/// An alias (`*name`) can stand for a tree that holds further aliases: a few lines become thousands of millions of
/// nodes (https://en.wikipedia.org/wiki/Billion_laughs_attack). An explicit key (`? `) can be such a tree too, and
/// Yams compares keys with each other. Both are looked for wherever a token may begin, without regard to quotes;
/// only comments are passed over. So a word in a quoted text that looks like an alias is refused as well, but none gets
/// through. What is left to Yams is at worst slow (10 s for a file of 1 MiB made of brackets, in a debug build), except
/// for lists nested dozens deep as names of settings: the file's owner would have to mean it.
struct YAMLTrap: Equatable {
    /// Both count from 1; the column in bytes.
    let line: Int
    let column: Int
    let message: String

    static func find(in bytes: Span<UInt8>) -> YAMLTrap? {
        var line = 1
        var start = 0
        while start < bytes.count {
            let end = endOfLine(bytes, from: start)
            if let (index, message) = find(in: bytes, from: start, to: end) {
                return YAMLTrap(line: line, column: index - start + 1, message: message)
            }
            line += 1
            start = end + 1
            // "\r\n" ends one line.
            if start < bytes.count, bytes[end] == UInt8(ascii: "\r"), bytes[start] == UInt8(ascii: "\n") {
                start += 1
            }
        }
        return nil
    }

    /// Looks through one line.
    private static func find(in bytes: Span<UInt8>, from start: Int, to end: Int) -> (Int, message: String)? {
        // Without a quote in the line, a # after a blank is the start of a comment, or within a text that goes on to
        // the next line. With one, it could be part of a text that ends in this line.
        let hasComments = !(start..<end).contains {
            bytes[$0] == UInt8(ascii: "'") || bytes[$0] == UInt8(ascii: "\"")
        }
        for index in start..<end {
            switch bytes[index] {
            case UInt8(ascii: "#") where hasComments && (index == start || isBlank(bytes[index - 1])):
                return nil
            case UInt8(ascii: "*") where mayBeginToken(bytes, at: index) && isName(bytes, at: index + 1):
                return (
                    index, "a YAML alias (*name) is not accepted; a text that begins with * stands in quotes"
                )
            case UInt8(ascii: "?") where mayBeginToken(bytes, at: index) && !isName(bytes, at: index + 1):
                return (index, "a YAML complex key (?) is not accepted; a setting is 'name: value'")
            default: break
            }
        }
        return nil
    }

    private static func endOfLine(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n"), bytes[index] != UInt8(ascii: "\r") {
            index += 1
        }
        return index
    }

    /// After the beginning of the file, a blank, a line's end (also those that only YAML knows: U+0085, U+2028,
    /// U+2029), an opening bracket, a comma, another indicator, or a colon that is not within a word.
    private static func mayBeginToken(_ bytes: Span<UInt8>, at index: Int) -> Bool {
        guard index > 0 else { return true }
        switch bytes[index - 1] {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "["),
            UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: "?"), 0x85, 0xA8, 0xA9, 0xBF:
            return true
        case UInt8(ascii: ":"):
            guard index > 1 else { return true }
            return !isName(bytes, at: index - 2)
        default: return false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Whether a character that names of anchors consist of stands there.
    private static func isName(_ bytes: Span<UInt8>, at index: Int) -> Bool {
        guard index < bytes.count else { return false }
        return switch bytes[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }
}
