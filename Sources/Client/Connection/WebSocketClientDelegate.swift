/// What a `WebSocketClient` tells its owner, on the loop's thread.
public protocol WebSocketClientDelegate: AnyObject {
    /// The handshake is done; `send` works from now on.
    func webSocketOpened(_ client: WebSocketClient)

    /// One whole message, valid during the call only. Text is valid UTF-8.
    func webSocketReceived(_ client: WebSocketClient, _ message: Span<UInt8>, isText: Bool)

    /// The messages of one read have been handed over.
    func webSocketPaused(_ client: WebSocketClient)

    /// All that was sent has gone to the system.
    func webSocketDrained(_ client: WebSocketClient)

    /// Could not connect, or the connection ended. Called once at most, never after the owner's `cancel()`; after the
    /// owner's `close()` the error is `nil`.
    func webSocketClosed(_ client: WebSocketClient, error: ClientError?)
}
