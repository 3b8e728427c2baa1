/// Makes text from outside safe to show on a terminal, where control characters are commands: they could move the
/// cursor, change the window's title, or fake another program's output.
public enum TerminalText {
    /// Appends UTF-8 `text`, C0 (but tab and line feed), DEL and C1 control characters replaced by U+FFFD.
    public static func append(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte < 0x20 && byte != 0x09 && byte != 0x0A || byte == 0x7F {
                output.append(contentsOf: [0xEF, 0xBF, 0xBD])
            } else if byte == 0xC2, index + 1 < text.count, text[index + 1] < 0xA0 {
                // U+0080 to U+009F.
                output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                index += 1
            } else {
                output.append(byte)
            }
            index += 1
        }
    }

    /// A server's words for an error line: no control characters at all, 500 bytes at most.
    static func singleLine(_ text: [UInt8]) -> String {
        var safe: [UInt8] = []
        append(Array(text.prefix(500)).span, to: &safe)
        for index in safe.indices where safe[index] == 0x09 || safe[index] == 0x0A { safe[index] = 0x20 }
        return String(decoding: safe, as: UTF8.self)
    }
}
