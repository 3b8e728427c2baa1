import Foundation
import Testing
import Wire

@Suite("JSON text")
struct JSONTextTests {
    /// The text of a JSON string, as this reader resolves it.
    private func resolve(_ json: String) throws -> [UInt8]? {
        let bytes = Array(json.utf8)
        return try JSON.validate(bytes.span).string(in: bytes.span)
    }

    private func escape(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        JSON.appendString(text.span, to: &bytes)
        return bytes
    }

    @Test(
        "is what its escapes stand for",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\u0000""#, "\u{0}"), (#""\ud83d\ude00""#, "😀"),
            (#""\uD800\uDC00\uDBFF\uDFFF""#, "\u{10000}\u{10FFFF}"), (#""a\nb""#, "a\nb"),
            (#""\\u0041""#, "\\u0041"),
            (#""é\u00e9😀""#, "éé😀"), (#""\uFFFF\ud7ff\ue000""#, "\u{FFFF}\u{D7FF}\u{E000}"),
        ])
    func escapes(_ json: String, _ text: String) throws {
        #expect(try resolve(json) == Array(text.utf8))
    }

    @Test(
        "has U+FFFD where half a surrogate pair stands alone",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
            (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"),
            (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\ude00\ude00""#, "😀\u{FFFD}"),
            (#""\ud800\\udc00""#, "\u{FFFD}\\udc00"),
        ])
    func loneSurrogates(_ json: String, _ text: String) throws {
        let resolved = try resolve(json)
        #expect(resolved == Array(text.utf8))
        #expect(resolved.map { UTF8Validator.isValid($0.span) } == true)
    }

    @Test("resolves every escape of one unit to valid UTF-8")
    func everyUnit() throws {
        for unit in 0...0xFFFF as ClosedRange<UInt32> {
            let digits = String(unit, radix: 16)
            let json = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
            let wanted = Unicode.Scalar(unit).map(String.init) ?? "\u{FFFD}"
            guard try resolve(json) == Array(wanted.utf8) else {
                Issue.record("\(json) is not \(wanted)")
                return
            }
        }
    }

    @Test("is escaped only where it must be")
    func escaping() {
        #expect(escape(Array("aé😀/\u{7F}\u{2028}".utf8)) == Array("\"aé😀/\u{7F}\u{2028}\"".utf8))
        #expect(escape(Array("\"\\".utf8)) == Array(#""\"\\""#.utf8))
        #expect(escape([8, 9, 10, 12, 13]) == Array(#""\b\t\n\f\r""#.utf8))
        #expect(escape([0, 0x1F, 0x0B, 0x19, 0x1A]) == Array(#""\u0000\u001f\u000b\u0019\u001a""#.utf8))
        #expect(escape([]) == Array(#""""#.utf8))
    }

    @Test("is the same after escaping and resolving, and Foundation reads it so too")
    func roundTrips() throws {
        var texts = (0...0x10FF as ClosedRange<UInt32>).compactMap { Unicode.Scalar($0).map { "a\($0)b" } }
        texts += ["", "\"\"\"", "\\\\\"\\n", "tab\tnew\nline\r\n", "😀👩‍👩‍👧 𝄞", "\u{10FFFF}\u{0}\u{1}"]
        for text in texts {
            let json = escape(Array(text.utf8))
            let value = try JSON.validate(json.span)
            let theirs =
                try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed) as? String
            guard value.string(in: json.span) == Array(text.utf8),
                theirs.map({ Array($0.utf8) }) == Array(text.utf8)
            else {
                Issue.record("\(text.debugDescription) does not survive")
                return
            }
        }
    }

    @Test("is escaped the same from a String")
    func fromString() {
        var bytes: [UInt8] = [0x5B]
        JSON.appendString("a\"é", to: &bytes)
        #expect(bytes == Array(#"["a\"é""#.utf8))
    }
}
