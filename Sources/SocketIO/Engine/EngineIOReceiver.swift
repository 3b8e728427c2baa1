import Hub
import Wire

/// Who speaks through an Engine.IO server. Confined to its worker's thread.
public protocol EngineIOHandler: AnyObject {
    /// Whether text is checked to be UTF-8 before it is handed over. False where the receivers' own decoder checks every
    /// byte.
    var wantsValidatedText: Bool { get }

    /// A client has opened a session, and has been sent the handshake. What is sent to it from now on follows.
    /// - Returns: who gets what it sends; kept until the session has ended.
    func opened(_ client: EngineIOClient) -> any EngineIOReceiver
}

/// What one client's messages mean. Confined to its worker's thread.
public protocol EngineIOReceiver: AnyObject {
    /// A whole message of text. The span is valid during the call.
    func receivedText(_ message: Span<UInt8>)

    /// A whole message of bytes.
    func receivedBinary(_ message: Span<UInt8>)

    /// The client goes on over a WebSocket, which is another connection of the hub: subscriptions must be moved during
    /// the call, for `old` is gone after it. What waited for `old` has been sent to `new` before.
    func moved(from old: ConnectionID, to new: ConnectionID)

    /// The client takes all again, after not having done so.
    func drained()

    /// The session has ended; nothing can be sent any more. Called once, and nothing after it.
    func closed(_ reason: EngineIOCloseReason)
}

extension EngineIOReceiver {
    public func moved(from old: ConnectionID, to new: ConnectionID) {}
    public func drained() {}
}
