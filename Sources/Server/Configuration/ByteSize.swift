/// Sizes in bytes as settings write them.
enum ByteSize {
    private static let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

    static func parse(_ text: String) throws(InvalidValue) -> Int {
        let (digits, unit) = Digits.split(text)
        guard !digits.isEmpty else { throw InvalidValue("is not a size") }
        guard let factor = unit.isEmpty ? 1 : units.first(where: { $0.0 == unit })?.1 else {
            throw InvalidValue("has the unit '\(LogText.escaped(String(unit), limit: 20))'")
        }
        guard let number = Digits.number(digits) else { throw InvalidValue("is too large") }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw InvalidValue("is too large") }
        return bytes
    }

    /// With the largest unit that leaves a whole number.
    static func text(_ bytes: Int) -> String {
        guard bytes > 0, let unit = units.first(where: { bytes.isMultiple(of: $0.1) }) else {
            return "\(bytes)"
        }
        return "\(bytes / unit.1)\(unit.0)"
    }
}
