/// What the Engine.IO layer needs to know. Times are in milliseconds.
public struct EngineIOSettings: Sendable {
    /// Between the answer to a ping (or the handshake) and the next ping.
    public var pingInterval: UInt64 = 25_000
    /// That the answer to a ping may take.
    public var pingTimeout: UInt64 = 20_000
    /// That a client may take from opening a WebSocket for its session to going over to it.
    public var upgradeTimeout: UInt64 = 10_000
    /// That a session which the server has closed waits for the poll that it tells so.
    public var closeTimeout: UInt64 = 30_000
    /// Bytes of one payload or WebSocket message from a client. It is told.
    public var maximumPayload = 1_000_000
    /// Packets in one payload from a client.
    public var maximumPackets = 1_000
    /// Packets in the answer to one poll; more wait for the next. Clients of python-engineio take no more than 16.
    public var maximumPolledPackets = 16
    /// What the ids of sessions begin with; the rest is 160 random bits. With a different one for each worker the id
    /// says whose session it is. Characters of base64url only.
    public var sessionPrefix = ""

    public init() {}
}
