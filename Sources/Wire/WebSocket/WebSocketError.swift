/// Why a WebSocket connection must end: the close code to send, and a reason of at most 123 bytes.
public struct WebSocketError: Error, Equatable {
    public let code: CloseCode
    public let reason: String

    public init(_ code: CloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }
}
