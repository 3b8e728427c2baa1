/// What a server tells a client of the session it has opened. Engine.IO protocol 4, "Handshake".
public struct EngineIOHandshake: Equatable, Sendable {
    /// The session's id.
    public var id: String
    /// The client may go on over a WebSocket.
    public var canUpgrade: Bool
    /// Milliseconds between pings.
    public var pingInterval: UInt64
    /// Milliseconds that the answer to a ping may take.
    public var pingTimeout: UInt64
    /// The most bytes that the client may send in one payload or WebSocket message.
    public var maximumPayload: Int

    public init(
        id: String, canUpgrade: Bool, pingInterval: UInt64, pingTimeout: UInt64, maximumPayload: Int
    ) {
        self.id = id
        self.canUpgrade = canUpgrade
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        self.maximumPayload = maximumPayload
    }

    /// Appends the `open` packet: `0{"sid":…}`.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(#"0{"sid":"#)
        JSON.appendString(id, to: &bytes)
        bytes.append(canUpgrade ? #","upgrades":["websocket"]"# : #","upgrades":[]"#)
        bytes.append(#","pingInterval":"#)
        JSON.appendInteger(Int64(clamping: pingInterval), to: &bytes)
        bytes.append(#","pingTimeout":"#)
        JSON.appendInteger(Int64(clamping: pingTimeout), to: &bytes)
        bytes.append(#","maxPayload":"#)
        JSON.appendInteger(Int64(clamping: maximumPayload), to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
