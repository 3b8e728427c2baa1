import Hub
import Wire

/// Who speaks through a Socket.IO server. Confined to its worker's thread.
public protocol SocketIOHandler: AnyObject {
    /// A client wants to connect to a namespace.
    /// - Parameters:
    ///   - socket: what it becomes. Until the decision nothing can be sent to it.
    ///   - auth: the object that came with it as JSON, `{}` if none did. Valid during the call.
    ///   - decide: to be called once, now or later. With `.accept` the client is told before it returns, so what the
    ///     socket emits next follows. Nothing happens if the client is gone by then.
    func connect(
        _ socket: SocketIOSocket, auth: Span<UInt8>, decide: @escaping (SocketIODecision) -> Void)

    /// A connected client has emitted an event.
    /// - Parameters:
    ///   - name: UTF-8. None of `SocketIOEventName.reserved`.
    ///   - packet: what the ranges in `arguments` are of. Valid during the call.
    ///   - acknowledgement: how to answer, if the client wants an answer.
    func event(
        _ name: [UInt8], _ arguments: SocketIOArguments, in packet: Span<UInt8>,
        from socket: SocketIOSocket, acknowledgement: SocketIOAcknowledgement?)

    /// A socket that was accepted is gone. Called once.
    func disconnected(_ socket: SocketIOSocket, _ reason: SocketIODisconnectReason)

    /// A client does not want to connect any more, or is gone, and there was no decision yet. Called once.
    func abandoned(_ socket: SocketIOSocket)

    /// A client goes on over a WebSocket, which is another connection of the hub: subscriptions of all its sockets must
    /// be moved during the call, for `old` is gone after it. What waited for `old` has been sent to `new` before, and
    /// `SocketIOSocket.format` is that of the new transport already.
    func moved(_ client: SocketIOClient, from old: ConnectionID, to new: ConnectionID)

    /// All that waited for the client has been sent.
    func drained(_ client: SocketIOClient)
}

extension SocketIOHandler {
    public func abandoned(_ socket: SocketIOSocket) {}
    public func drained(_ client: SocketIOClient) {}
}
