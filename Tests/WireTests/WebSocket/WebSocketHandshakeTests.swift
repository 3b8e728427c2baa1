import Testing
import Wire

@Suite("The WebSocket handshake")
struct WebSocketHandshakeTests {
    private func isValid(_ key: String) -> Bool { WebSocketHandshake.isValidKey(Array(key.utf8).span) }

    @Test("accepts the key of RFC 6455 section 1.3 as the RFC does")
    func example() {
        let accept = WebSocketHandshake.accept(forKey: Array("dGhlIHNhbXBsZSBub25jZQ==".utf8).span)
        #expect(String(decoding: accept, as: UTF8.self) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test("knows a key of 16 bytes", arguments: ["dGhlIHNhbXBsZSBub25jZQ==", "AAAAAAAAAAAAAAAAAAAAAA=="])
    func validKeys(_ key: String) {
        #expect(isValid(key))
    }

    @Test(
        "refuses any other key",
        arguments: [
            "", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ= ",
            "dGhlIHNhbXBsZSBub25jZWU=", "dGhlIHNhbXBsZSBub25jZWVl", "dGhlIHNhbXBsZSBub25!ZQ==",
            "dGhlIHNhbXBsZSBub25jZR==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ])
    func invalidKeys(_ key: String) {
        #expect(!isValid(key))
    }
}
