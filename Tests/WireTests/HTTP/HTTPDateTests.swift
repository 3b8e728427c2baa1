import Foundation
import TestSupport
import Testing
import Wire

@Suite("An HTTP date")
struct HTTPDateTests {
    @Test(
        "reads as RFC 9110 wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (1_735_689_600, "Wed, 01 Jan 2025 00:00:00 GMT"),
            (1_772_323_199, "Sat, 28 Feb 2026 23:59:59 GMT"),
            (1_772_323_200, "Sun, 01 Mar 2026 00:00:00 GMT"),
            (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func known(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.format(seconds) == text)
    }

    @Test("is what Foundation's calendar says, for days over three centuries")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "GMT"))
        var generator = SeededGenerator(seed: 1970)
        for _ in 0..<2000 {
            let seconds = generator.number(0..<(300 * 366 * 86_400))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday],
                from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][try #require(parts.weekday) - 1]
            let month = [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ][try #require(parts.month) - 1]
            let numbers = [parts.day, parts.hour, parts.minute, parts.second].map { part in
                part.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "?"
            }
            let year = try #require(parts.year)
            #expect(
                HTTPDate.format(seconds)
                    == "\(day), \(numbers[0]) \(month) \(year) \(numbers[1...].joined(separator: ":")) GMT")
        }
    }

    @Test("changes with the second, also backwards")
    func caching() {
        var date = HTTPDate()
        for second in [100, 100, 101, 100, 0] { #expect(date.text(at: second) == HTTPDate.format(second)) }
    }
}
