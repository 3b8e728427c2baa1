/// Why a client's session has ended.
public enum EngineIOCloseReason: Equatable, Sendable {
    /// The client said so.
    case closedByClient
    /// The server's own wish: `EngineIOClient.close`.
    case closedByServer
    /// The server is going away.
    case goingAway
    /// Its WebSocket or its poll has ended without a word.
    case transportClosed
    /// A ping was not answered in time.
    case pingTimeout
    /// More waits for it than may.
    case tooSlow
    /// It sent what is against the protocol; what, is said.
    case protocolError(String)
}
