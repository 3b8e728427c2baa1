import Testing

@testable import Wire

@Suite("The JSON array reader")
struct JSONArrayReaderTests {
    /// All elements as written.
    private func elements(_ bytes: [UInt8], from start: Int = 0) throws(JSONError) -> [String] {
        var elements: [String] = []
        var reader = try JSONArrayReader(bytes.span, from: start)
        while let value = try reader.next(bytes.span) {
            elements.append(String(decoding: bytes[value.range], as: UTF8.self))
        }
        return elements
    }

    @Test("walks the elements in their order")
    func elements() throws {
        let text = #" [ "a" ,1,{"b":[2]}, [ ] ,null,true ] "#
        #expect(
            try elements(Array(text.utf8)) == [#""a""#, "1", #"{"b":[2]}"#, "[ ]", "null", "true"])
        #expect(try elements(Array("[ ]".utf8)).isEmpty)
    }

    @Test("begins where it is told")
    func start() throws {
        #expect(try elements(Array("213[1,2]".utf8), from: 3) == ["1", "2"])
    }

    @Test(
        "refuses what is no array, or not only one",
        arguments: [
            "", "1", "{}", "[", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1]]", "[1}", "[1] x",
            "[tru]", "[\"\u{1}\"]", "[01]",
        ])
    func errors(_ text: String) {
        #expect(throws: JSONError.self) { try elements(Array(text.utf8)) }
    }

    @Test("lets each element nest as deep as a text of its own")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let deepest = nested(JSON.maximumDepth)
        #expect(try elements(Array("[\(deepest),1]".utf8)) == [deepest, "1"])
        #expect(throws: JSONError.self) { try elements(Array("[[\(deepest)]]".utf8)) }
    }
}
