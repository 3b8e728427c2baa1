import Limits

/// Rates as settings write them: `10/s`, `300/m`, `10/s burst 50`.
enum RateText {
    static let accepted = "a rate such as 10/s, 300/m or 1000/h, which 'burst 50' may follow"

    static func parse(_ text: String) throws(InvalidValue) -> RateLimit {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let parts = words[0].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Digits.number(parts[0]) else {
            throw InvalidValue("is not a number, /, and s, m or h")
        }
        guard let period = RateLimit.Period(rawValue: String(parts[1])) else {
            throw InvalidValue("has the time '\(LogText.escaped(String(parts[1]), limit: 20))'")
        }
        _ = try Digits.check(count, within: RateLimit.range, { "\($0)" })
        guard words.count > 1 else { return RateLimit(count, per: period) }
        guard words.count == 3, words[1] == "burst", let burst = Digits.number(words[2]) else {
            throw InvalidValue("has something other than 'burst' and a number behind the rate")
        }
        _ = try Digits.check(burst, within: RateLimit.range, { "a burst of \($0)" })
        return RateLimit(count, per: period, burst: burst)
    }

    static func text(_ rate: RateLimit) -> String {
        let plain = "\(rate.count)/\(rate.period.rawValue)"
        let isStandard = rate.burst == RateLimit.standardBurst(rate.count, rate.period)
        return isStandard ? plain : "\(plain) burst \(rate.burst)"
    }
}
