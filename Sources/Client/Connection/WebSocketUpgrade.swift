import Wire

/// The client's side of the opening handshake, RFC 6455 section 4.1: the request, and the check of the response.
/// No subprotocol and no extension is offered. Pure.
public struct WebSocketUpgrade: Sendable {
    /// The request's bytes.
    public let request: [UInt8]
    private let expectedAccept: [UInt8]

    /// - Parameters:
    ///   - path: absolute and percent-encoded, put behind the URL's prefix.
    ///   - token: sent as `Authorization: Bearer`; printable ASCII (the caller has checked).
    ///   - key: 16 unpredictable bytes.
    public init(_ url: ServerURL, path: String, token: String?, key: [UInt8]) {
        precondition(key.count == 16, "a WebSocket key has 16 bytes")
        var encodedKey: [UInt8] = []
        Base64.append(key.span, to: &encodedKey)
        var text = "GET \(url.prefix)\(path) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        text +=
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        text += String(decoding: encodedKey, as: UTF8.self) + "\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        request = Array((text + "\r\n").utf8)
        expectedAccept = WebSocketHandshake.accept(forKey: encodedKey.span)
    }

    /// Whether a token can stand in a header field: 1 to 8,192 printable ASCII characters, no spaces.
    public static func isValidToken(_ token: String) -> Bool {
        (1...8192).contains(token.utf8.count) && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// What is wrong with a response of status 101, or `nil`.
    public func problem(with head: HTTPResponseHead) -> String? {
        guard head.list("upgrade", contains: "websocket"), head.list("connection", contains: "upgrade") else {
            return "the server did not upgrade to WebSocket"
        }
        guard head.value(of: "sec-websocket-accept") == expectedAccept else {
            return "the server's Sec-WebSocket-Accept does not fit the request"
        }
        guard head.values(of: "sec-websocket-extensions").isEmpty else {
            return "the server chose a WebSocket extension that was not offered"
        }
        guard head.values(of: "sec-websocket-protocol").isEmpty else {
            return "the server chose a WebSocket subprotocol that was not offered"
        }
        return nil
    }
}
