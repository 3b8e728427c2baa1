import Hub
import Wire

/// The connections, as the inbox desk needs them. Confined to its worker's thread.
protocol InboxOutlet: AnyObject {
    /// Sends one text message.
    func sendText(_ payload: Span<UInt8>, to connection: ConnectionID)

    /// Whether the connection's socket is full.
    func isBlocked(_ connection: ConnectionID) -> Bool
}
