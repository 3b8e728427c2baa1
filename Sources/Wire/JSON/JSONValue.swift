/// One value in a JSON text: what it is and where it lies. Nothing is copied.
public struct JSONValue: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        case string
        case number
        case object
        case array
        case boolean(Bool)
        case null
    }

    public let kind: Kind
    /// The whole value, a string's quotes included.
    public let range: Range<Int>
    /// A string with at least one backslash: its bytes are not its text.
    public let hasEscapes: Bool

    init(_ kind: Kind, _ range: Range<Int>, hasEscapes: Bool = false) {
        self.kind = kind
        self.range = range
        self.hasEscapes = hasEscapes
    }

    /// What lies between a string's quotes, as written.
    public var contents: Range<Int> { (range.lowerBound + 1)..<(range.upperBound - 1) }

    /// Whether this is a string that reads `text`, which must not need escapes.
    public func isString(_ text: StaticString, in bytes: Span<UInt8>) -> Bool {
        guard kind == .string else { return false }
        guard hasEscapes, let resolved = string(in: bytes) else {
            return bytes.extracting(contents).equals(text)
        }
        return resolved.span.equals(text)
    }

    /// Whether this is a string whose text is `other`.
    public func isString(_ other: Span<UInt8>, in bytes: Span<UInt8>) -> Bool {
        guard kind == .string else { return false }
        guard hasEscapes, let resolved = string(in: bytes) else {
            return bytes.extracting(contents).equals(other)
        }
        return resolved.span.equals(other)
    }

    /// A string's text in UTF-8, escapes resolved; `nil` for another kind. A lone surrogate becomes U+FFFD.
    public func string(in bytes: Span<UInt8>) -> [UInt8]? {
        guard kind == .string else { return nil }
        var text: [UInt8] = []
        JSON.appendText(of: self, in: bytes, to: &text)
        return text
    }

    /// A number that is an integer and fits; `nil` for anything else.
    public func integer(in bytes: Span<UInt8>) -> Int64? {
        guard kind == .number else { return nil }
        var value: Int64 = 0
        var index = range.lowerBound
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative { index += 1 }
        while index < range.upperBound {
            let digit = bytes[index]
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
