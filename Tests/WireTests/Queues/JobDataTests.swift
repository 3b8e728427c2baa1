import TestSupport
import Testing
import Wire

@Suite("A job's data")
struct JobDataTests {
    private func members(_ item: [UInt8]) -> String {
        var bytes: [UInt8] = []
        JobData.appendMembers(item.span, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func item(_ data: [UInt8], _ form: MessageEncoder.DataForm) -> [UInt8] {
        var item: [UInt8] = []
        JobData.appendItem(data.span, form, to: &item)
        return item
    }

    @Test(
        "is the item's JSON, or its text, or its bytes",
        arguments: [
            ("{\"a\": [1]}", #""data":{"a": [1]}"#), (" 1.50\n", #""data":1.50"#), ("null", #""data":null"#),
            ("\"a\\nb\"", #""data":"a\nb""#), ("hello", #""data":"hello""#), ("", #""data":"""#),
            ("say \"hi\"\n", #""data":"say \"hi\"\n""#), ("{\"a\":", #""data":"{\"a\":""#),
        ])
    func reading(_ item: String, _ expected: String) {
        #expect(members(Array(item.utf8)) == expected)
    }

    @Test("that is not UTF-8 is base64")
    func bytes() {
        #expect(members([0xFF, 0x00]) == #""encoding":"base64","data":"/wA=""#)
        #expect(members([0x22, 0xFF, 0x22]) == #""encoding":"base64","data":"Iv8i""#)
    }

    @Test("is pushed as it is, but for text that would be read as JSON")
    func writing() {
        #expect(item(Array("hello".utf8), .text) == Array("hello".utf8))
        #expect(item(Array("".utf8), .text) == [])
        #expect(item(Array("1".utf8), .text) == Array(#""1""#.utf8))
        #expect(item(Array(" {\"a\":1}".utf8), .text) == Array(#"" {\"a\":1}""#.utf8))
        #expect(item(Array(#""a""#.utf8), .json) == Array(#""a""#.utf8))
        #expect(item([0xFF], .binary) == [0xFF])
    }

    @Test("of any text comes back as that text, and every item makes valid JSON")
    func fuzz() throws {
        let seeds = [
            "hello", "1", "{\"a\":[1,2,\"x\"]}", "\"q\"", " null ", "é😀", "[[[]]]", "-0.5e+3", "tru",
        ]
        try Fuzz.run(3_000, seeds: seeds.map { Array($0.utf8) }) { input, _ in
            let text = UTF8Validator.isValid(input.span)
            let item = text ? item(input, .text) : input
            var object = Array("{".utf8)
            JobData.appendMembers(item.span, to: &object)
            object.append(UInt8(ascii: "}"))
            guard (try? JSON.validate(object.span)) != nil else { return "not JSON" }
            guard text else { return nil }
            var expected = Array(#"{"data":"#.utf8)
            JSON.appendString(input.span, to: &expected)
            expected.append(UInt8(ascii: "}"))
            return object == expected ? nil : "came back as \(String(decoding: object, as: UTF8.self))"
        }
    }
}
