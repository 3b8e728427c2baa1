/// Durations as settings write them, to the millisecond.
enum TimeSpan {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    static func parse(_ text: String) throws(InvalidValue) -> Duration {
        let (digits, unit) = Digits.split(text)
        guard !digits.isEmpty else { throw InvalidValue("is not a time") }
        guard !unit.isEmpty else { throw InvalidValue("has no unit") }
        guard let factor = units.first(where: { $0.name == unit })?.milliseconds else {
            throw InvalidValue("has the unit '\(LogText.escaped(String(unit), limit: 20))'")
        }
        guard let number = Digits.number(digits) else { throw InvalidValue("is too long") }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw InvalidValue("is too long") }
        return .milliseconds(milliseconds)
    }

    /// With the largest unit that leaves a whole number; a single day is `24h`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = Int(clamping: duration.milliseconds)
        let unit =
            units.first { unit in
                milliseconds >= (unit.name == "d" ? 2 : 1) * unit.milliseconds
                    && milliseconds.isMultiple(of: unit.milliseconds)
            } ?? ("ms", 1)
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
