import Testing

@testable import Server

@Suite("How long a certificate holds")
struct CertificateAgeTests {
    private static let day: Int64 = 86_400

    @Test(
        "one that should have been renewed is warned of: two weeks before its end, or in the last quarter of its time",
        arguments: [
            // Days that it holds, days that are left, whether one is warned.
            (90, 30, false), (90, 15, false), (90, 13, true), (365, 14, false), (365, 13, true),
            (6, 3, false),
            (6, 1, true), (90, 0, true),
        ])
    func soon(days: Int64, left: Int64, isWarned: Bool) {
        let warning = CertificateAge.warning(
            from: 0, until: days * Self.day, at: (days - left) * Self.day)
        #expect((warning != nil) == isWarned)
        if isWarned { #expect(warning?.contains("runs out at 197") == true) }
    }

    @Test("one that does not hold is, too")
    func outside() {
        #expect(CertificateAge.warning(from: 100, until: 200, at: 99)?.contains("not hold before") == true)
        #expect(CertificateAge.warning(from: 100, until: 200, at: 201)?.contains("ran out at") == true)
    }

    @Test("any time has a text", arguments: [Int64.min, -1, 0, .max])
    func texts(time: Int64) { #expect(!CertificateAge.text(time).isEmpty) }
}
