/// The types of Engine.IO packets: the first byte of each. Engine.IO protocol 4, "Protocol".
public enum EngineIOPacketType: UInt8, CaseIterable, Sendable {
    /// The handshake, from the server.
    case open = 0x30
    /// The transport can be closed.
    case close = 0x31
    /// From the server: show life. From a client, with `probe`: is this WebSocket good?
    case ping = 0x32
    case pong = 0x33
    case message = 0x34
    /// From the client: the WebSocket takes over.
    case upgrade = 0x35
    /// Nothing; ends a poll.
    case noop = 0x36
}
