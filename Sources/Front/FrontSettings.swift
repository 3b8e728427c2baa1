import EventLoop
import Limits

/// What the front needs to know of the configuration.
public struct FrontSettings: Sendable {
    /// The most connections at once, over this worker's listeners.
    public var maximumConnections = 10_000
    /// The most sockets at once of clients that were turned away and have not noticed yet.
    public var maximumRefused = 64
    /// Bytes of request line and header fields.
    public var maximumHeadSize = 16 * 1024
    /// Bytes of one WebSocket message.
    public var maximumMessageSize = 64 * 1024
    /// Bytes that may wait for a subscriber before it is closed as too slow.
    public var maximumUnsent = 1024 * 1024
    /// Milliseconds from connecting, or from a request's first byte, to its last.
    public var requestTimeout: UInt64 = 10_000
    /// Milliseconds that a connection may stay open between requests.
    public var keepAliveTimeout: UInt64 = 75_000
    /// Milliseconds without a byte after which a WebSocket is pinged.
    public var pingInterval: UInt64 = 25_000
    /// Milliseconds that a pinged WebSocket has to show life.
    public var pingTimeout: UInt64 = 10_000
    /// Milliseconds between the heartbeats of a stream.
    public var heartbeatInterval: UInt64 = 15_000
    /// What connections with TLS are served with. Where there is nothing at first, none can come later.
    public var tls: ServerTLSSettings?

    /// Connections that one address may have, on all workers together; `nil`: any number.
    public var connectionsPerAddress: Int?
    /// Whose word is taken for who a client is.
    public var trustedProxies = TrustedProxies()
    /// Milliseconds by which a turn may be late before new connections are turned away; `nil`: never.
    public var handshakeLag: UInt64?

    public init() {}
}
