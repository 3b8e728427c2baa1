/// A moment as ISO 8601 in UTC with milliseconds: `2026-11-21T08:00:00.123Z`.
struct UTCTime: CustomStringConvertible {
    let description: String

    /// - Parameter milliseconds: since 1970; leap seconds do not count.
    init(milliseconds: Int64) {
        let (day, millisecond) = milliseconds.quotientAndFloorRemainder(dividingBy: 86_400_000)
        let date = Self.date(day)
        let second = millisecond / 1000
        description =
            Self.digits(date.year, 4) + "-" + Self.digits(date.month, 2) + "-" + Self.digits(date.day, 2)
            + "T"
            + Self.digits(second / 3600, 2) + ":" + Self.digits(second / 60 % 60, 2) + ":"
            + Self.digits(second % 60, 2) + "." + Self.digits(millisecond % 1000, 3) + "Z"
    }

    /// The Gregorian date of a day counted from 1970, by eras of 400 years that begin in March, so that the leap day
    /// is a year's last (http://howardhinnant.github.io/date_algorithms.html#civil_from_days).
    private static func date(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndFloorRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

extension Int64 {
    fileprivate func quotientAndFloorRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
