import Testing
import Wire

@testable import Client

@Suite("HTTPResponseDecoder")
struct HTTPResponseDecoderTests {
    /// Decodes `text` in pieces of `size` bytes.
    private func decode(
        _ text: String, size: Int = .max, isEnd: Bool = false
    ) throws(ClientError) -> (response: HTTPClientResponse?, keepsAlive: Bool) {
        var decoder = HTTPResponseDecoder()
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
            if let response = try decoder.next(piece.span) { return (response, decoder.keepsAlive) }
            start += piece.count
        }
        return (isEnd ? decoder.end() : nil, decoder.keepsAlive)
    }

    private func body(_ text: String, size: Int = .max) throws -> String? {
        try decode(text, size: size).response.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test("a body by length, in chunks, or none, in however many pieces", arguments: 1...9)
    func bodies(_ size: Int) throws {
        #expect(try body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", size: size) == "hello")
        #expect(
            try body(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nA: b\r\n\r\n",
                size: size) == "hello")
        #expect(try body("HTTP/1.1 204 No Content\r\n\r\n", size: size) == "")
        #expect(
            try body("HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", size: size) == "a"
        )
        #expect(try body("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", size: size) == nil)
    }

    @Test("a body without a length ends with the connection")
    func endless() throws {
        let text = "HTTP/1.1 200 OK\r\n\r\nhello"
        #expect(try body(text) == nil)
        let (response, keepsAlive) = try decode(text, isEnd: true)
        #expect(response?.body == Array("hello".utf8))
        #expect(!keepsAlive)
        #expect(try decode("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", isEnd: true).response == nil)
    }

    @Test("a connection is kept unless the server closes it, or says more than was asked for")
    func keeping() throws {
        let kept = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
        #expect(try decode(kept).keepsAlive)
        #expect(try !decode(kept + "b").keepsAlive)
        #expect(try !decode("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na").keepsAlive)
    }

    @Test(
        "what is malformed or too large is refused",
        arguments: [
            "SSH-2.0", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n",
        ])
    func refused(_ text: String) {
        #expect(throws: ClientError.self) { try decode(text) }
    }

    @Test("a body without a length is bounded")
    func endlessBounded() {
        let text =
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: HTTPResponseDecoder.maximumBody + 1)
        #expect(throws: ClientError.self) { try decode(text, size: 65536) }
    }

    @Test("an error has the server's words, or its status")
    func errors() {
        func error(_ status: Int, _ body: String) -> String? {
            HTTPClientResponse(status: status, reason: "R", body: Array(body.utf8)).error?.description
        }
        #expect(error(200, "") == nil && error(204, "") == nil)
        #expect(
            error(409, #"{"error":{"code":"lease_lost","message":"too\nlate"}}"#) == "too late (lease_lost)")
        #expect(error(502, "<html>") == "the server answered 502 R")
        #expect(error(502, #"{"error":"x"}"#) == "the server answered 502 R")
    }
}
