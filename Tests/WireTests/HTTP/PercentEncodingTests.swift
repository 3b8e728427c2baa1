import Testing
import Wire

@Suite("Percent-encoding")
struct PercentEncodingTests {
    private func decode(_ text: String, plusIsSpace: Bool = false) -> String? {
        PercentEncoding.decode(Array(text.utf8).span, plusIsSpace: plusIsSpace).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test(
        "is resolved in either case",
        arguments: [
            ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("%41%7a", "Az"), ("%C3%A9%c3%a9", "éé"),
            ("%2F%2f", "//"),
            ("%25", "%"), ("%2541", "%41"), ("%00", "\0"), ("a+b", "a+b"), ("é", "é"),
        ])
    func decoded(_ text: String, _ wanted: String) {
        #expect(decode(text) == wanted)
    }

    @Test("knows every byte")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            let digits = String(byte, radix: 16)
            let text = Array("%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
            #expect(PercentEncoding.decode(text.span) == [byte])
        }
    }

    @Test("makes a plus a space only in forms")
    func plus() {
        #expect(decode("a+b%2Bc", plusIsSpace: true) == "a b+c")
        #expect(decode("a+b%2Bc", plusIsSpace: false) == "a+b+c")
    }

    @Test(
        "is refused where two hexadecimal digits are missing",
        arguments: ["%", "a%", "%4", "%4g", "%g4", "%%41", "%-1", "% 1", "%é"])
    func refused(_ text: String) {
        #expect(decode(text) == nil)
        #expect(decode(text, plusIsSpace: true) == nil)
    }
}
