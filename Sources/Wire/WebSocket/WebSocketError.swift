/// Why a WebSocket connection must end: the close code to send, and a reason of at most 123 bytes.
public struct WebSocketError: Error, Equatable {
    public let code: CloseCode
    public let reason: String
    /// The limit that was run into, to be counted.
    public let limit: Limit?

    public init(_ code: CloseCode, _ reason: String, _ limit: Limit? = nil) {
        self.code = code
        self.reason = reason
        self.limit = limit
    }
}
