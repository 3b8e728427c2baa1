import Wire

/// A run's figures, in the order they are shown. Pure.
public struct BenchReport: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case text(String)
        case count(UInt64)
        /// Shown with three significant digits or more.
        case number(Double)
    }

    public struct Line: Equatable, Sendable {
        /// The member's name in JSON, units included: `latency_p99_us`.
        let key: String
        /// What it is called in the table.
        let label: String
        let value: Value
        let unit: String
    }

    public private(set) var lines: [Line] = []

    public init() {}

    public mutating func add(_ key: String, _ label: String, _ value: Value, _ unit: String = "") {
        lines.append(Line(key: key, label: label, value: value, unit: unit))
    }

    /// The figure of a histogram, in microseconds.
    mutating func add(_ key: String, _ label: String, _ histogram: Histogram) {
        guard histogram.count > 0 else { return }
        let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)]
        for (name, fraction) in quantiles {
            let shown = name == "p999" ? "p99.9" : name
            add(
                "\(key)_\(name)_us", "\(label) \(shown)",
                .number(Double(histogram.quantile(fraction)) / 1000), "µs")
        }
        add("\(key)_max_us", "\(label) max", .number(Double(histogram.maximum) / 1000), "µs")
    }

    /// One line each: label, value, unit.
    public var table: String {
        let width = lines.map(\.label.count).max() ?? 0
        let values = lines.map { Self.shown($0.value) }
        let valueWidth = zip(lines, values).filter { !Self.isText($0.0.value) }.map(\.1.count).max() ?? 0
        var text = ""
        for (line, value) in zip(lines, values) {
            let gap = String(repeating: " ", count: width - line.label.count + 2)
            let indent =
                Self.isText(line.value) ? "" : String(repeating: " ", count: max(0, valueWidth - value.count))
            text += line.label + gap + indent + value + (line.unit.isEmpty ? "" : " \(line.unit)") + "\n"
        }
        return text
    }

    /// One flat object on one line.
    public var json: [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for line in lines {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            JSON.appendString(line.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            switch line.value {
            case .text(let text): JSON.appendString(text, to: &bytes)
            case .count(let count): bytes += Array(String(count).utf8)
            case .number(let number): bytes += Array(Self.decimal(number, places: 4).utf8)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static func isText(_ value: Value) -> Bool { if case .text = value { true } else { false } }

    private static func shown(_ value: Value) -> String {
        switch value {
        case .text(let text): text
        case .count(let count): grouped(String(count))
        case .number(let number):
            number.magnitude >= 1000
                ? grouped(decimal(number, places: 0))
                : decimal(number, places: number.magnitude >= 10 ? 1 : 3)
        }
    }

    /// 1234567 as 1,234,567.
    private static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, digit != "-", (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A number with a fixed count of decimal places; not finite ones, which JSON does not have, as 0.
    static func decimal(_ number: Double, places: Int) -> String {
        guard number.isFinite, number.magnitude < 1e14 else { return "0" }
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let scaled = Int64((number.magnitude * scale).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
        guard places > 0 else { return "\(sign)\(whole)" }
        let digits = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: places - digits.count) + digits
    }
}
