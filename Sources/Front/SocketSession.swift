import Hub
import Wire

/// One client behind a WebSocket: what its messages mean. Confined to its worker's thread.
public protocol SocketSession: AnyObject {
    /// Whether text messages are checked to be UTF-8 before they are handed over. False where the session's own
    /// decoder checks every byte.
    var wantsValidatedText: Bool { get }

    /// The socket is open; `connection` is who it is from now on.
    func opened(_ connection: ConnectionID)

    /// A whole text message. The span is valid during the call.
    func receivedText(_ message: Span<UInt8>)

    /// A whole binary message.
    func receivedBinary(_ message: Span<UInt8>)

    /// The socket, which was full, takes all again.
    func drained()

    /// The socket is gone, or closing: nothing can be sent any more. Called once, if `opened` was.
    func closed()
}

extension SocketSession {
    public func drained() {}
}
