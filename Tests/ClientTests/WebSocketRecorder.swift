import Client

/// Remembers what a client told it.
final class WebSocketRecorder: WebSocketClientDelegate {
    private(set) var isOpen = false
    private(set) var isClosed = false
    private(set) var error: ClientError?
    private(set) var messages: [String] = []
    var onOpened: (WebSocketClient) -> Void = { _ in }
    var onReceived: (WebSocketClient) -> Void = { _ in }

    func webSocketOpened(_ client: WebSocketClient) {
        isOpen = true
        onOpened(client)
    }

    func webSocketReceived(_ client: WebSocketClient, _ message: Span<UInt8>, isText: Bool) {
        messages.append(
            message.indices.reduce(into: "") { $0.unicodeScalars.append(Unicode.Scalar(message[$1])) })
        onReceived(client)
    }

    func webSocketPaused(_ client: WebSocketClient) {}

    func webSocketDrained(_ client: WebSocketClient) {}

    func webSocketClosed(_ client: WebSocketClient, error: ClientError?) {
        isClosed = true
        self.error = error
    }
}
