import Limits
import Testing

@testable import Server

struct RateTextTests {
    @Test(
        "a rate is a number, a time, and perhaps a burst",
        arguments: [
            ("10/s", RateLimit(10, per: .second), "10/s"),
            ("300/m", RateLimit(300, per: .minute, burst: 5), "300/m"),
            ("300/m burst 5", RateLimit(300, per: .minute), "300/m"),
            ("1/h", RateLimit(1, per: .hour, burst: 1), "1/h"),
            ("10/s burst 50", RateLimit(10, per: .second, burst: 50), "10/s burst 50"),
            ("10/s burst 1", RateLimit(10, per: .second, burst: 1), "10/s burst 1"),
            ("1000000/s burst 1000000", RateLimit(1_000_000, per: .second), "1000000/s"),
        ])
    func rates(text: String, rate: RateLimit, printed: String) throws {
        #expect(try RateText.parse(text) == rate)
        #expect(RateText.text(rate) == printed)
        #expect(try RateText.parse(printed) == rate)
    }

    @Test(
        "what is no rate is refused with the reason",
        arguments: [
            ("", "is not a number, /, and s, m or h"), ("10", "is not a number, /, and s, m or h"),
            ("/s", "is not a number, /, and s, m or h"), ("-1/s", "is not a number, /, and s, m or h"),
            ("1.5/s", "is not a number, /, and s, m or h"), ("10/s/s", "is not a number, /, and s, m or h"),
            ("10 / s", "is not a number, /, and s, m or h"), ("10/", "has the time ''"),
            ("10/S", "has the time 'S'"), ("10/sec", "has the time 'sec'"), ("0/s", "is less than 1"),
            ("1000001/s", "is more than 1000000"),
            ("10/s burst", "has something other than 'burst' and a number behind the rate"),
            ("10/s 50", "has something other than 'burst' and a number behind the rate"),
            ("10/s burst 5 0", "has something other than 'burst' and a number behind the rate"),
            ("10/s burst 0", "is less than a burst of 1"),
            ("10/s burst 1000001", "is more than a burst of 1000000"),
            ("99999999999999999999/s", "is not a number, /, and s, m or h"), ("10/\n", #"has the time '\n'"#),
        ])
    func refusals(text: String, reason: String) {
        #expect(throws: InvalidValue(reason)) { try RateText.parse(text) }
    }
}
