import Testing

@testable import Wire

@Suite("The JSON object reader")
struct JSONObjectReaderTests {
    private struct Member: Equatable {
        let key: String
        let value: String

        init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// All members as written, keys resolved.
    private func members(_ bytes: [UInt8]) throws(JSONError) -> [Member] {
        var members: [Member] = []
        var reader = try JSONObjectReader(bytes.span)
        while let (key, value) = try reader.next(bytes.span) {
            members.append(
                Member(
                    String(decoding: key.string(in: bytes.span) ?? [], as: UTF8.self),
                    String(decoding: bytes[value.range], as: UTF8.self)))
        }
        return members
    }

    private func error(_ text: String) -> JSONError? {
        do throws(JSONError) {
            _ = try members(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("walks the members in their order, duplicates included")
    func members() throws {
        let text = #" { "a" : 1 ,"b":[{"c":2}], "a":null,"\u0064":"x\ny" , "":{} } "#
        #expect(
            try members(Array(text.utf8)) == [
                Member("a", "1"), Member("b", #"[{"c":2}]"#), Member("a", "null"), Member("d", #""x\ny""#),
                Member("", "{}"),
            ])
    }

    @Test("finds nothing in an empty object", arguments: ["{}", " { } ", "\n{\n}\n"])
    func empty(_ text: String) throws {
        #expect(try members(Array(text.utf8)).isEmpty)
    }

    @Test("wants an object", arguments: ["[]", "1", "\"a\"", "null", " [1] "])
    func otherValues(_ text: String) {
        #expect(error(text)?.reason == "an object is wanted")
    }

    @Test(
        "says what is wrong with a text that is no JSON rather than that it is no object",
        arguments: ["", "nul", "[1"])
    func noJSON(_ text: String) {
        #expect(error(text).map { $0.reason != "an object is wanted" } == true)
    }

    @Test("refuses what is no object", arguments: JSONCorpus.invalid)
    func invalid(_ text: String) {
        #expect(error(text) != nil)
    }

    @Test("accepts the objects that the validator accepts", arguments: JSONCorpus.valid)
    func valid(_ text: String) throws {
        let kind = try JSON.validate(Array(text.utf8).span).kind
        #expect((error(text) == nil) == (kind == .object))
    }

    @Test(
        "lets each value nest as deep as a whole text may, so that what was data of its own fits into a message"
    )
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(try members(Array("{\"data\":\(nested(JSON.maximumDepth))}".utf8)).count == 1)
        #expect(error("{\"data\":\(nested(JSON.maximumDepth + 1))}")?.reason == "nested deeper than 64")
    }
}
