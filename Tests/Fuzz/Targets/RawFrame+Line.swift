import TestSupport
import Wire

extension RawFrame {
    /// Reads `text hé`, `continuation- \x80`, `ping`, `opcode=11 x`, with what is unusual before it: `rsv=4`,
    /// `length=1099511627776` (what the header says), `form=2` or `form=8` (bytes of the length). A `-` behind the opcode:
    /// it is not the last fragment. `close` is followed by a code and a reason.
    init?(line: Substring) {
        var words = line.split(separator: " ", omittingEmptySubsequences: false)[...]
        self.init(0)
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1)
            switch (parts.first, parts.count == 2 ? UInt64(parts[1]) : nil) {
            case ("rsv"?, let bits?): reserved = UInt8(truncatingIfNeeded: bits & 7)
            case ("length"?, let length?): self.length = length
            case ("form"?, 2?): lengthForm = .two
            case ("form"?, 8?): lengthForm = .eight
            case ("opcode"?, let number?):
                opcode = UInt8(truncatingIfNeeded: number & 15)
                guard takePayload(words) else { return nil }
                return
            default:
                isFinal = !word.hasSuffix("-")
                guard let known = Self.opcodes[isFinal ? word : word.dropLast()] else { return nil }
                opcode = known.rawValue
                guard takePayload(words) else { return nil }
                return
            }
        }
        return nil
    }

    private static let opcodes: [Substring: WebSocketOpcode] = [
        "continuation": .continuation, "text": .text, "binary": .binary, "close": .close, "ping": .ping,
        "pong": .pong,
    ]

    private mutating func takePayload(_ words: ArraySlice<Substring>) -> Bool {
        var words = words
        if opcode == WebSocketOpcode.close.rawValue, let code = words.first.flatMap({ UInt16($0) }) {
            words.removeFirst()
            payload = [UInt8(code >> 8), UInt8(code & 0xFF)]
        }
        guard let rest = SeedNotation.resolve(words.joined(separator: " ")) else { return false }
        payload += rest
        return true
    }
}
