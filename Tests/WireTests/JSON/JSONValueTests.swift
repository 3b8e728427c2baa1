import Testing
import Wire

@Suite("A JSON value")
struct JSONValueTests {
    private func integer(_ text: String) throws -> Int64? {
        let bytes = Array(text.utf8)
        return try JSON.validate(bytes.span).integer(in: bytes.span)
    }

    @Test(
        "is an integer up to the borders of 64 bits",
        arguments: [
            0, 1, -1, 9, 10, -10, 1_763_694_000_123, Int64(Int32.max), Int64(Int32.min), .max - 1, .max, .min,
            .min + 1,
        ] as [Int64])
    func integers(_ value: Int64) throws {
        #expect(try integer(String(value)) == value)
        var bytes: [UInt8] = [0x3A]
        JSON.appendInteger(value, to: &bytes)
        #expect(bytes == Array(":\(value)".utf8))
    }

    @Test("is an integer also as -0")
    func negativeZero() throws {
        #expect(try integer("-0") == 0)
    }

    @Test(
        "is no integer beyond them, with a fraction or exponent, or of another kind",
        arguments: [
            "9223372036854775808", "-9223372036854775809", "18446744073709551616", "92233720368547758070",
            "100000000000000000000000000", "1.0", "1e2", "0.5", "-0.0", "\"1\"", "null", "true", "[1]", "{}",
        ])
    func noIntegers(_ text: String) throws {
        #expect(try integer(text) == nil)
    }

    /// Whether both ways to compare say that the text of `json` is `other`.
    private func isString(_ json: String, _ other: StaticString) throws -> Bool {
        let bytes = Array(json.utf8)
        let value = try JSON.validate(bytes.span)
        let isEqual = value.isString(other, in: bytes.span)
        #expect(value.isString(Array(other.description.utf8).span, in: bytes.span) == isEqual)
        return isEqual
    }

    @Test("compares strings by their text, escaped or not")
    func strings() throws {
        for written in [#""data""#, #""d\u0061ta""#, #""\u0064\u0061\u0074\u0061""#] {
            #expect(try isString(written, "data"))
            for other: StaticString in ["dat", "data2", "date", "Data", ""] {
                #expect(try !isString(written, other))
            }
        }
    }

    @Test("of another kind is no string", arguments: ["null", "1", "[]", "{}", "true"])
    func noStrings(_ text: String) throws {
        let bytes = Array(text.utf8)
        let value = try JSON.validate(bytes.span)
        #expect(value.string(in: bytes.span) == nil)
        for other: StaticString in ["null", "1", "[]", "{}", "true", ""] {
            #expect(try !isString(text, other))
        }
    }

    @Test("compares with what it is written as only where that is its text")
    func escapedComparison() throws {
        #expect(try isString(#""\\n""#, #"\n"#))
        #expect(try !isString(#""\\n""#, #"\\n"#))
    }
}
