import Crypto

/// The opening handshake's arithmetic, RFC 6455 section 4.2.2.
public enum WebSocketHandshake {
    /// The value of `Sec-WebSocket-Accept` for a request's `Sec-WebSocket-Key`.
    public static func accept(forKey key: Span<UInt8>) -> [UInt8] {
        var bytes = [UInt8](copying: key)
        bytes.append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        var text: [UInt8] = []
        Base64.append(Array(Insecure.SHA1.hash(data: bytes)).span, to: &text)
        return text
    }

    /// Whether a `Sec-WebSocket-Key` is what the RFC asks for: 16 bytes in base64.
    public static func isValidKey(_ key: Span<UInt8>) -> Bool {
        key.count == 24 && Base64.decode(key)?.count == 16
    }
}
