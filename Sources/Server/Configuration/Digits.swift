/// Whole numbers in settings.
enum Digits {
    /// Decimal digits and nothing else; `nil` also if the number does not fit.
    static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }

    /// Splits `64KiB` into its digits and its unit.
    static func split(_ text: String) -> (digits: Substring, unit: Substring) {
        let end = text.utf8.firstIndex { $0 < 0x30 || $0 > 0x39 } ?? text.endIndex
        return (text[..<end], text[end...])
    }

    static func check<Value: Comparable>(
        _ value: Value, within range: ClosedRange<Value>, _ print: (Value) -> String
    ) throws(InvalidValue) -> Value {
        if value < range.lowerBound { throw InvalidValue("is less than \(print(range.lowerBound))") }
        if value > range.upperBound { throw InvalidValue("is more than \(print(range.upperBound))") }
        return value
    }
}
