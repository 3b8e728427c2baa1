import ArgumentParser

/// A length of time on the command line: `500ms`, `10s`, `2m`, `1h`, `7d`.
struct DurationArgument: ExpressibleByArgument {
    let milliseconds: UInt64

    static func seconds(_ count: UInt64) -> DurationArgument { DurationArgument(milliseconds: count * 1000) }

    private init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        // Long enough for any benchmark, and no product overflows.
        guard let count = UInt64(digits), count <= 1_000_000_000 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": milliseconds = count
        case "s": milliseconds = count * 1000
        case "m": milliseconds = count * 60_000
        case "h": milliseconds = count * 3_600_000
        case "d": milliseconds = count * 86_400_000
        default: return nil
        }
    }

    var defaultValueDescription: String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
    }
}
