/// What a Socket.IO server needs to know.
public struct SocketIOSettings: Sendable {
    public var engine = EngineIOSettings()
    /// The namespaces that clients may connect to, at most 255; each begins with `/` and has no comma.
    public var namespaces = ["/"]
    /// Milliseconds that a client may be connected to no namespace at all, at first.
    public var connectTimeout: UInt64 = 45_000
    /// Binary attachments of one packet from a client.
    public var maximumAttachments = 10
    /// Events to one socket that may wait for their acknowledgement; the oldest is forgotten for one more.
    public var maximumPending = 1_000

    public init() {}
}
