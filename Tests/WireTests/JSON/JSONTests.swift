import TestSupport
import Testing

@testable import Wire

@Suite("The JSON reader")
struct JSONTests {
    /// The kind of a text's value, or `nil` where it is refused.
    private func kind(_ text: String) -> JSONValue.Kind? { (try? JSON.validate(Array(text.utf8).span))?.kind }

    private func error(_ bytes: [UInt8]) -> JSONError? {
        do throws(JSONError) {
            _ = try JSON.validate(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "tells what a text is",
        arguments: [
            ("null", .null), ("true", .boolean(true)), ("false", .boolean(false)), ("0", .number),
            ("\"\"", .string),
            ("[]", .array), ("{}", .object), (" \t\r\n[ ] ", .array),
        ] as [(String, JSONValue.Kind)])
    func kinds(_ text: String, _ wanted: JSONValue.Kind) {
        #expect(kind(text) == wanted)
    }

    @Test("says where the value lies, without the white space around it")
    func ranges() throws {
        #expect(try JSON.validate(Array("  [1, 2]\n".utf8).span).range == 2..<8)
        let string = try JSON.validate(Array(#" "ab" "#.utf8).span)
        #expect(string.range == 1..<5)
        #expect(string.contents == 2..<4)
    }

    @Test("accepts what RFC 8259 allows", arguments: JSONCorpus.valid)
    func accepted(_ text: String) {
        #expect(kind(text) != nil)
    }

    @Test("refuses what RFC 8259 does not allow", arguments: JSONCorpus.invalid)
    func refused(_ text: String) {
        #expect(kind(text) == nil)
    }

    @Test("refuses every start of a text that is not whole")
    func prefixes() {
        let text = Array(#"{"a":[1,-2.5e+3,"x\u00e9\n",true,false,null,{}],"é😀":[]}"#.utf8)
        #expect(error(text) == nil)
        for count in 0..<text.count {
            #expect(error(Array(text[..<count])) != nil)
        }
    }

    @Test("refuses every text with something behind")
    func suffixes() {
        for text in ["null", "1", "\"a\"", "[]", "{}"] {
            for suffix in ["x", "\0", ",", "]", "}", "\"", " 1", "\u{FEFF}"] {
                // "1" and a digit would be another number.
                #expect(kind(text + suffix) == nil)
            }
        }
    }

    @Test("refuses bytes that are not UTF-8, inside strings and outside")
    func invalidUTF8() {
        let bad: [[UInt8]] = [
            [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
        ]
        for bytes in bad {
            #expect(error([0x22] + bytes + [0x22])?.reason == "invalid UTF-8")
            #expect(error(Array(#"{""#.utf8) + bytes + Array(#"":1}"#.utf8))?.reason == "invalid UTF-8")
            #expect(error(bytes) != nil)
            #expect(error([0x5B] + bytes + [0x5D]) != nil)
        }
    }

    @Test("refuses control characters in strings and takes DEL and U+2028")
    func controlCharacters() {
        for byte in 0..<0x20 as Range<UInt8> {
            #expect(error([0x22, byte, 0x22])?.reason == "a control character in a string")
        }
        #expect(kind("\"\u{7F}\u{2028}\u{85}\"") == .string)
    }

    @Test("nests 64 deep and no deeper", arguments: [("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
    func depth(_ open: String, _ close: String) {
        func nested(_ count: Int) -> String {
            String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
        }
        let levels = open.filter { $0 == "[" || $0 == "{" }.count
        #expect(kind(nested(JSON.maximumDepth / levels)) != nil)
        #expect(
            error(Array((nested(JSON.maximumDepth / levels) + "]").utf8))?.reason.contains("deeper") == false)
        let deeper = error(Array(nested(JSON.maximumDepth / levels + 1).utf8))
        #expect(deeper?.reason == "nested deeper than 64")
    }

    @Test("takes a hundred thousand brackets without recursion")
    func manyBrackets() {
        #expect(error([UInt8](repeating: 0x5B, count: 100_000))?.offset == JSON.maximumDepth)
        let flat = "[" + String(repeating: "[],", count: 30_000) + "{}]"
        #expect(kind(flat) == .array)
    }

    @Test("remembers of 64 open containers which are objects")
    func mixedNesting() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let isObject = (0..<JSON.maximumDepth).map { _ in generator.isOne(in: 2) }
            let open = isObject.map { $0 ? #"{"k":"# : "[" }.joined()
            let close = isObject.reversed().map { $0 ? "}" : "]" }
            #expect(kind(open + "0" + close.joined()) != nil)
            var wrong = close
            let index = generator.number(0..<wrong.count)
            wrong[index] = wrong[index] == "}" ? "]" : "}"
            #expect(kind(open + "0" + wrong.joined()) == nil)
        }
    }

    @Test(
        "says what is wrong and where",
        arguments: [
            ("", 0, "a value is missing"), ("[1,]", 3, "a value is missing"),
            ("[1 2]", 3, "',' or ']' is missing"),
            (#"{"a" 1}"#, 5, "':' is missing"), (#"{"a":1 "b":2}"#, 7, "',' or '}' is missing"),
            ("{a:1}", 1, "a string is missing"), ("01", 0, "a number begins with 0"),
            ("-", 1, "a digit is missing"),
            ("1.", 2, "a digit is missing"), (#""\x""#, 1, "an unknown escape"), ("[1", 2, "does not end"),
            (#""abc"#, 4, "a string does not end"), ("nul", 0, "a value is missing"),
            ("1 1", 2, "something follows the value"), (#""\u12g4""#, 1, "four hexadecimal digits"),
        ])
    func errors(_ text: String, _ offset: Int, _ words: String) {
        let error = error(Array(text.utf8))
        #expect(error?.offset == offset)
        #expect(error?.reason.contains(words) == true)
        #expect(error?.description.contains("at byte \(offset)") == true)
    }
}
