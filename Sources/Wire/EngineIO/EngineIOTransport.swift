/// The ways in which an Engine.IO client is connected; its packets are written differently for each.
public enum EngineIOTransport: UInt8, CaseIterable, Sendable {
    /// HTTP long-polling: packets are joined into payloads.
    case polling
    /// One packet a WebSocket message.
    case webSocket

    /// As it stands in the query of a request.
    public var name: StaticString {
        switch self {
        case .polling: "polling"
        case .webSocket: "websocket"
        }
    }
}
