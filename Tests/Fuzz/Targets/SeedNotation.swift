import TestSupport
import Wire

/// How the seeds of a target are written down, so that people can read them.
enum SeedNotation: Sendable {
    /// As it is; the line ends between the lines belong to it.
    case text
    /// The lines one behind the other without what parts them; `\r`, `\n`, `\t`, `\\` and `\x80` stand for bytes.
    case escaped
    /// Each line a WebSocket frame: `RawFrame.init(line:)`.
    case frames(isMasked: Bool)
    /// The parts of a JSON Web Token, a line each: header, claims, and what signs it (`HS256`, …), or the signature's
    /// bytes, escaped.
    case token

    /// The bytes that `lines` stand for; `nil` if they are not in this notation.
    func bytes(_ lines: [Substring]) -> [UInt8]? {
        switch self {
        case .text: return Array(lines.joined(separator: "\n").utf8)
        case .escaped: return Self.resolve(lines.joined())
        case .frames(let isMasked):
            var bytes: [UInt8] = []
            for line in lines {
                guard var frame = RawFrame(line: line) else { return nil }
                if !isMasked { frame.mask = nil }
                bytes += frame.bytes
            }
            return bytes
        case .token: return Self.token(lines)
        }
    }

    private static func token(_ lines: [Substring]) -> [UInt8]? {
        guard lines.count == 3 else { return nil }
        let signed = base64URL(Array(lines[0].utf8)) + [UInt8(ascii: ".")] + base64URL(Array(lines[1].utf8))
        guard let signature = TestSecret.sign(signed, lines[2]) ?? resolve(lines[2]) else { return nil }
        return signed + [UInt8(ascii: ".")] + base64URL(signature)
    }

    static func base64URL(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        Base64URL.append(bytes.span, to: &text)
        return text
    }

    /// Resolves the escapes of `escaped`.
    static func resolve(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "\\"): bytes.append(0x5C)
            case UInt8(ascii: "x"):
                let digits = Array(rest.prefix(2)).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
                guard digits.count == 2 else { return nil }
                bytes.append(UInt8(digits[0] << 4 | digits[1]))
                rest = rest.dropFirst(2)
            default: return nil
            }
        }
        return bytes
    }
}
