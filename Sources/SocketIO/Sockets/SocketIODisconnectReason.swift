/// Why a socket is gone.
public enum SocketIODisconnectReason: Equatable, Sendable {
    /// The client has left the namespace.
    case disconnectedByClient
    /// `SocketIOSocket.disconnect`.
    case disconnectedByServer
    /// The client's session has ended, and all its sockets with it.
    case clientClosed(EngineIOCloseReason)
}
