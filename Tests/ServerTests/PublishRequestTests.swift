import Testing
import Wire

@testable import Server

@Suite("A publish request")
struct PublishRequestTests {
    private func request(_ type: String?, query: String = "") throws -> PublishRequest {
        let field = type.map { "Content-Type: \($0)\r\n" } ?? ""
        let bytes = Array("POST /channels/c/messages\(query) HTTP/1.1\r\nHost: h\r\n\(field)\r\n".utf8)
        var decoder = HTTPHeadDecoder(maximumSize: 4096)
        var position = 0
        let head = try decoder.next(bytes.span, &position)
        return try PublishRequest(try #require(head))
    }

    /// What of a body is data, by its type.
    private func data(_ type: String, _ body: [UInt8]) throws -> [UInt8] {
        Array(body[try request(type).data(in: body)])
    }

    private func error(_ body: () throws -> Void) -> HTTPError? {
        do {
            try body()
            return nil
        } catch {
            return error as? HTTPError
        }
    }

    @Test(
        "knows by its type what becomes of the body",
        arguments: [
            (nil, .text), ("text/plain", .text), ("text/plain; charset=utf-8", .text), ("TEXT/Plain", .text),
            ("application/x-www-form-urlencoded", .text), ("application/json", .json),
            ("application/json ; charset=utf-8", .json), ("application/octet-stream", .binary),
        ] as [(String?, MessageEncoder.DataForm)])
    func forms(_ type: String?, _ form: MessageEncoder.DataForm) throws {
        #expect(try request(type).form == form)
        #expect(try request(type).event == nil)
    }

    @Test(
        "refuses other types with 415 and says which are accepted",
        arguments: [
            "text/html", "application/jsonp", "multipart/form-data; boundary=x", "text", "", ";",
            "text/plain/x",
        ])
    func otherTypes(_ type: String) {
        let error = error { _ = try request(type) }
        #expect(error?.status == .unsupportedMediaType && error?.code == .unsupportedMediaType)
        for accepted in ["text/plain", "application/json", "application/octet-stream"] {
            #expect(error?.message.contains(accepted) == true)
        }
    }

    @Test("takes its event from the query")
    func event() throws {
        #expect(try request(nil, query: "?event=gr%C3%BCn+x&event=y").event == Array("grün x".utf8))
        #expect(try request(nil, query: "?events=x").event == nil)
        let longest = String(repeating: "e", count: NativeDecoder.maximumEventLength)
        #expect(try request(nil, query: "?event=\(longest)").event == Array(longest.utf8))
    }

    @Test(
        "refuses an event that may not be with 400",
        arguments: ["", "%FF", "%ED%A0%80", String(repeating: "e", count: 256)])
    func badEvents(_ event: String) {
        let error = error { _ = try request(nil, query: "?event=\(event)") }
        #expect(error?.status == .badRequest)
        #expect(error?.message.contains("'event'") == true && error?.message.contains("255") == true)
    }

    @Test("refuses a broken query with 400")
    func badQuery() {
        #expect(error { _ = try request(nil, query: "?event=%zz") }?.status == .badRequest)
    }

    @Test("takes the body as data, without the white space around JSON")
    func bodies() throws {
        #expect(try data("text/plain", []) == [])
        #expect(try data("text/plain", Array(" é\n".utf8)) == Array(" é\n".utf8))
        #expect(try data("application/octet-stream", [0xFF, 0]) == [0xFF, 0])
        #expect(try data("application/json", Array(" {\"a\":[1]}\r\n".utf8)) == Array("{\"a\":[1]}".utf8))
    }

    @Test("wants the body to be what its type says")
    func badBodies() throws {
        let text = error { _ = try data("text/plain", [0x61, 0xFF]) }
        #expect(text?.status == .badRequest && text?.code == .badRequest)
        #expect(text?.message.contains("application/octet-stream") == true)
        for body in ["", "{", "hello", "1 2", "[1,]"] {
            let json = error { _ = try data("application/json", Array(body.utf8)) }
            #expect(json?.status == .badRequest && json?.code == .badJSON)
            #expect(json?.message.contains("not JSON") == true)
        }
    }
}
