import Hub
import Wire

/// One client behind a WebSocket: what its messages mean. Confined to its worker's thread.
public protocol SocketSession: ConnectionSession {
    /// Whether text messages are checked to be UTF-8 before they are handed over. False where the session's own
    /// decoder checks every byte.
    var wantsValidatedText: Bool { get }

    /// Whether the front pings it and closes it when no answer comes. False where the session's protocol has
    /// heartbeats of its own.
    var wantsPings: Bool { get }

    /// The most bytes of one message; `nil` for `FrontSettings.maximumMessageSize`.
    var maximumMessageSize: Int? { get }

    /// A whole text message. The span is valid during the call.
    func receivedText(_ message: Span<UInt8>)

    /// A whole binary message.
    func receivedBinary(_ message: Span<UInt8>)
}

extension SocketSession {
    public var wantsPings: Bool { true }
    public var maximumMessageSize: Int? { nil }
}
