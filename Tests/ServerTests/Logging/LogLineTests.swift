import Logging
import Testing

@testable import Server

struct LogLineTests {
    private func line(
        _ message: String, _ fields: Logger.Metadata = [:], level: Logger.Level = .info,
        as format: LogFormat = .text,
        isJournal: Bool = false
    ) -> String {
        let line = LogLine(time: 1_795_248_000_123, level: level, message: message, fields: fields)
        return String(decoding: line.bytes(format: format, isJournal: isJournal), as: UTF8.self)
    }

    @Test("text has time, level, message and the fields by name")
    func text() {
        #expect(
            line("listening", ["workers": "2", "address": "http://127.0.0.1:8080"])
                == "2026-11-21T08:00:00.123Z info listening address=http://127.0.0.1:8080 workers=2\n")
    }

    @Test("JSON has the same, integers as numbers")
    func json() {
        #expect(
            line(
                "it \"works\"", ["n": .stringConvertible(-7), "s": "a=\u{1F600}"], level: .warning, as: .json)
                == #"{"time":"2026-11-21T08:00:00.123Z","level":"warning","message":"it \"works\"","n":-7,"#
                + "\"s\":\"a=\u{1F600}\"}\n")
    }

    @Test("the journal gets a priority instead of a time")
    func journal() {
        #expect(line("x", level: .critical, isJournal: true) == "<2>critical x\n")
    }

    @Test(
        "no value can end its line, its quotes or its field",
        arguments: [
            ("", #""""#), ("a b", #""a b""#), ("a=b", #""a=b""#), ("a\"b", #""a\"b""#),
            (#"a\nb"#, #""a\\nb""#),
            ("a\nb\r\n\tc\0", #""a\nb\r\n\tc\u0000""#), ("\u{1B}[31m", #""\u001b[31m""#),
            ("\u{7F}\u{85}", #""\u007f\u0085""#),
            ("\u{2028}\u{202E}\u{200F}", #""\u2028\u202e\u200f""#), ("\u{E0041}", #""\udb40\udc41""#),
            ("é", "\"é\""),
        ])
    func escaping(value: String, written: String) {
        #expect(line("m", ["k": .string(value)]) == "2026-11-21T08:00:00.123Z info m k=\(written)\n")
        #expect(
            line("m", ["k": .string(value)], as: .json).hasSuffix("\"message\":\"m\",\"k\":\(written)}\n"))
    }

    @Test("a message and a key cannot forge a line either", arguments: LogFormat.allCases)
    func forgery(format: LogFormat) {
        let forged = "x\n2026-11-21T08:00:00.124Z info forged"
        let written = line(forged, ["a b\n": "1"], as: format)
        #expect(written.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(written.contains(#"x\n2026"#))
        #expect(written.contains(#""a b\n""#))
    }

    @Test("a field cannot pass for the time, the level or the message")
    func reservedKeys() {
        let written = line("m", ["level": "error", "time": "0", "message": "x"], as: .json)
        #expect(written.hasSuffix(#""message":"m","level_":"error","message_":"x","time_":"0"}"# + "\n"))
    }

    @Test("nested metadata is one value")
    func nested() {
        let fields: Logger.Metadata = ["k": ["b": ["1", "2"], "a": .stringConvertible(true)]]
        #expect(line("m", fields).hasSuffix(#" k="{a: true, b: [1, 2]}""# + "\n"))
    }

    @Test("a long line stays whole within what a pipe takes at once", arguments: LogFormat.allCases)
    func truncation(format: LogFormat) {
        var fields: Logger.Metadata = [:]
        for number in 0..<100 { fields["key\(number)"] = .string(String(repeating: "\u{1}é", count: 5000)) }
        let written = line(String(repeating: "\u{1F600}", count: 9000), fields, as: format)
        #expect(written.utf8.count <= LogLine.maximumLength)
        #expect(written.contains("…"))
        #expect(written.hasSuffix(format == .text ? " truncated=true\n" : ",\"truncated\":true}\n"))
    }

    @Test(
        "times are civil dates in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ])
    func times(milliseconds: Int64, written: String) {
        #expect(UTCTime(milliseconds: milliseconds).description == written)
    }
}
