import Front
import Hub
import Wire

/// The connections, as the presence desk needs them. Confined to its worker's thread.
protocol PresenceOutlet: AnyObject {
    /// Sends one text message.
    func sendText(_ payload: Span<UInt8>, to connection: ConnectionID)
}

extension Front: PresenceOutlet {}
