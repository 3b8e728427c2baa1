/// The `Date` header's value (RFC 9110 section 5.6.7), made once a second.
public struct HTTPDate: Sendable {
    private var second: Int?
    private var text = ""

    public init() {}

    /// - Parameter now: seconds since 1970, UTC; not negative.
    public mutating func text(at now: Int) -> String {
        if now != second {
            second = now
            text = Self.format(now)
        }
        return text
    }

    /// `Sat, 21 Nov 2026 08:00:00 GMT`
    public static func format(_ seconds: Int) -> String {
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = seconds / 86_400
        let (year, month, day) = civil(days)
        let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(
            separator: ":")
        return "\(names[days % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) \(clock) GMT"
    }

    /// Days since 1970-01-01 as a Gregorian date. Years are counted from March, so that the leap day comes last:
    /// http://howardhinnant.github.io/date_algorithms.html#civil_from_days
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
