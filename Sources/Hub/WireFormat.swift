import Wire

/// How a message is framed for a subscriber. Each message is encoded once per format and turn, however many
/// subscribers there are.
public enum WireFormat: Equatable {
    /// A WebSocket text frame with the message's JSON: the native door, and plain sockets with `?format=json`.
    case native
    /// A WebSocket frame with the bare data: the plain door.
    case plain
    /// What a door of its own makes of it.
    case encoded(by: any MessageFormat)
    /// Nothing yet: the subscription is counted, and is given what it missed by other means until `Hub.release`.
    case held

    /// Appends one message as this format frames it. `view` is of `message`.
    public func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
        switch self {
        case .native: WebSocketEncoder.appendFrame(.text, message, to: &bytes)
        case .plain: PlainEncoder.append(message, view, to: &bytes)
        case .encoded(let format): format.append(message, view, to: &bytes)
        case .held: break
        }
    }

    func obeys(_ policy: SlowPolicy) -> Bool {
        switch self {
        case .native, .plain: true
        case .encoded(let format): format.obeys(policy)
        case .held: false
        }
    }

    /// Appends what is about the channel, but no message in it. `notice` is JSON.
    public func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8]) {
        switch self {
        case .native: WebSocketEncoder.appendFrame(.text, notice, to: &bytes)
        case .encoded(let format): format.appendNotice(notice, to: &bytes)
        case .plain, .held: break
        }
    }

    public static func == (one: WireFormat, other: WireFormat) -> Bool {
        switch (one, other) {
        case (.native, .native), (.plain, .plain), (.held, .held): true
        case (.encoded(let one), .encoded(let other)): one === other
        default: false
        }
    }
}
