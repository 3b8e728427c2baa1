/// The grammar of RFC 8259, written down rule by rule with plain recursion: what the reader is compared with.
public struct JSONGrammar {
    private var rest: Substring.UnicodeScalarView
    private let maximumDepth: Int

    /// Whether the bytes are one JSON text that nests no deeper than that.
    public static func isText(_ bytes: [UInt8], maximumDepth: Int) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var grammar = JSONGrammar(rest: Substring(text).unicodeScalars, maximumDepth: maximumDepth)
        return grammar.paddedValue(depth: 0) && grammar.rest.isEmpty
    }

    private mutating func paddedValue(depth: Int) -> Bool {
        space()
        guard value(depth: depth) else { return false }
        space()
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        switch rest.first {
        case "{": depth < maximumDepth && object(depth: depth + 1)
        case "[": depth < maximumDepth && array(depth: depth + 1)
        case "\"": string()
        case "t": take("true")
        case "f": take("false")
        case "n": take("null")
        default: number()
        }
    }

    private mutating func object(depth: Int) -> Bool {
        rest.removeFirst()
        space()
        if take("}") { return true }
        repeat {
            space()
            guard string() else { return false }
            space()
            guard take(":"), paddedValue(depth: depth) else { return false }
        } while take(",")
        return take("}")
    }

    private mutating func array(depth: Int) -> Bool {
        rest.removeFirst()
        space()
        if take("]") { return true }
        repeat {
            guard paddedValue(depth: depth) else { return false }
        } while take(",")
        return take("]")
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let scalar = rest.popFirst() {
            if scalar == "\"" { return true }
            if scalar.value < 0x20 { return false }
            guard scalar == "\\" else { continue }
            switch rest.popFirst() {
            case "\"", "\\", "/", "b", "f", "n", "r", "t": continue
            case "u":
                for _ in 0..<4 {
                    guard let digit = rest.popFirst(), digit.isASCII, digit.properties.isASCIIHexDigit else {
                        return false
                    }
                }
            default: return false
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") {
            guard digits() else { return false }
        }
        if take(".") {
            guard digits() else { return false }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        var count = 0
        while let digit = rest.first, ("0"..."9").contains(digit) {
            rest.removeFirst()
            count += 1
        }
        return count > 0
    }

    private mutating func space() {
        while let scalar = rest.first, [" ", "\t", "\n", "\r"].contains(scalar) { rest.removeFirst() }
    }

    private mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest.removeFirst(word.unicodeScalars.count)
        return true
    }
}
