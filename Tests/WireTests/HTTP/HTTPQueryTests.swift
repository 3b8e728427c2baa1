import Testing
import Wire

@Suite("An HTTP query")
struct HTTPQueryTests {
    private func query(_ text: String?) throws(HTTPError) -> HTTPQuery {
        try HTTPQuery(text.map { Array($0.utf8) })
    }

    @Test("finds parameters as HTML forms encode them")
    func parameters() throws {
        let query = try query("a=1&b=x+y%2B&c&=empty&d=&e=f=g&%61b=%C3%A9")
        #expect(query.text("a") == "1")
        #expect(query.text("b") == "x y+")
        #expect(query.text("c") == "")
        #expect(query.text("") == "empty")
        #expect(query.text("d") == "")
        #expect(query.text("e") == "f=g")
        #expect(query.text("ab") == "é")
        #expect(query.text("A") == nil)
        #expect(query.bytes("ab") == [0xC3, 0xA9])
    }

    @Test("takes the first of equal names")
    func duplicates() throws {
        #expect(try query("a=1&a=2").text("a") == "1")
    }

    @Test("may be missing or empty", arguments: [nil, "", "&", "&&&"])
    func empty(_ text: String?) throws {
        #expect(try query(text).text("") == nil)
    }

    @Test("gives bytes that are not UTF-8 as they are, and repairs them as text")
    func bytes() throws {
        let query = try query("a=%FF")
        #expect(query.bytes("a") == [0xFF])
        #expect(query.text("a") == "\u{FFFD}")
    }

    @Test(
        "is refused with broken percent-encoding in a name or a value",
        arguments: ["a=%", "%=a", "a=1&b=%4", "%zz"])
    func broken(_ text: String) {
        #expect(
            throws: HTTPError(
                .badRequest, .badRequest, "the query has a % that two hexadecimal digits do not follow")
        ) {
            try query(text)
        }
    }

    @Test("may have 160 parameters and no more")
    func count() throws {
        let text = Array(repeating: "a=1", count: 160).joined(separator: "&")
        #expect(try query(text).text("a") == "1")
        #expect(throws: HTTPError(.badRequest, .badRequest, "the query has more than 160 parameters")) {
            try query(text + "&b")
        }
    }
}
