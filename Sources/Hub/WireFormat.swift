import Wire

/// How a message is framed for a subscriber. Each message is encoded once per format and turn, however many
/// subscribers there are.
public enum WireFormat: UInt8, CaseIterable, Sendable {
    /// A WebSocket text frame with the message's JSON: the native door, and plain sockets with `?format=json`.
    case native
    /// A WebSocket frame with the bare data: the plain door.
    case plain
    /// Nothing yet: the subscription is counted, and is given what it missed by other means until `Hub.release`.
    case held

    /// Appends one message as this format frames it. `view` is of `message`.
    func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        switch self {
        case .native: WebSocketEncoder.appendFrame(.text, message, to: &bytes)
        case .plain: PlainEncoder.append(message, view, to: &bytes)
        case .held: break
        }
    }
}
