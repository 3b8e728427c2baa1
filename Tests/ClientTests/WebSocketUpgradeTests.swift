import Testing

@testable import Client

@Suite("WebSocketUpgrade")
struct WebSocketUpgradeTests {
    private func upgrade(_ url: String = "http://h:8080", token: String? = nil) throws -> WebSocketUpgrade {
        // The key of RFC 6455, section 1.3.
        WebSocketUpgrade(
            try ServerURL(parsing: url), path: "/ws", token: token, key: Array("the sample nonce".utf8))
    }

    private func head(_ fields: String) throws -> HTTPResponseHead {
        var parser = HTTPResponseHeadParser()
        var position = 0
        let bytes = Array("HTTP/1.1 101 x\r\n\(fields)\r\n".utf8)
        return try #require(try parser.parse(bytes.span, &position))
    }

    private let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
    private let upgraded = "Upgrade: WebSocket\r\nConnection: Upgrade\r\n"

    @Test("the request")
    func request() throws {
        let text = String(decoding: try upgrade("https://h/chat", token: "abc").request, as: UTF8.self)
        #expect(text.hasPrefix("GET /chat/ws HTTP/1.1\r\nHost: h\r\n"))
        #expect(text.contains("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
        #expect(text.contains("\r\nAuthorization: Bearer abc\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
        #expect(!text.contains("Sec-WebSocket-Extensions"))
        #expect(!String(decoding: try upgrade().request, as: UTF8.self).contains("Authorization"))
    }

    @Test("the answer that RFC 6455 gives is accepted")
    func accepted() throws {
        #expect(try upgrade().problem(with: head(upgraded + accept)) == nil)
    }

    @Test("any other answer is a problem")
    func refused() throws {
        let upgrade = try upgrade()
        #expect(try upgrade.problem(with: head(accept)) != nil)
        #expect(try upgrade.problem(with: head(upgraded)) != nil)
        #expect(try upgrade.problem(with: head(upgraded + accept + accept)) != nil)
        #expect(try upgrade.problem(with: head(upgraded + "Sec-WebSocket-Accept: AAAA\r\n")) != nil)
        #expect(
            try upgrade.problem(
                with: head(upgraded + accept + "Sec-WebSocket-Extensions: permessage-deflate\r\n")) != nil)
        #expect(
            try upgrade.problem(with: head(upgraded + accept + "Sec-WebSocket-Protocol: chat\r\n")) != nil)
    }

    @Test("a token that would break the request is not valid")
    func tokens() {
        #expect(WebSocketUpgrade.isValidToken("eyJhbGciOi.x-_~"))
        for token in ["", "a b", "a\r\nX: y", "ä", String(repeating: "x", count: 8193)] {
            #expect(!WebSocketUpgrade.isValidToken(token))
        }
    }

    @Test("a channel's name in a path is percent-encoded")
    func paths() {
        #expect(DoorPath.plain(channel: "room:42/ä?") == "/channels/room%3A42%2F%C3%A4%3F/socket")
        #expect(DoorPath.plain(channel: "a.b-c_d~e") == "/channels/a.b-c_d~e/socket")
    }
}
