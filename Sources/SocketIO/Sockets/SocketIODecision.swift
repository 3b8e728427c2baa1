/// Whether a client may connect to a namespace.
public enum SocketIODecision: Sendable {
    case accept
    /// The client gets `connect_error` with this message, and `data`, JSON, if given.
    case refuse(message: String, data: [UInt8]? = nil)
}
