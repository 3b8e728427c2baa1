import EventLoop
import Front
import Hub
import Wire

/// One client's Engine.IO session, over whichever transport. Confined to its worker's thread.
public final class EngineIOClient {
    /// Known to the client and the server only: whoever has it can speak for the client.
    public let id: String
    /// The request that opened the session.
    public let head: HTTPRequestHead
    /// Who sent that request.
    public let peer: PeerAddress
    /// Who it is in the hub at present. It changes with the transport.
    public internal(set) var connection: ConnectionID
    public internal(set) var transport: EngineIOTransport

    unowned let server: EngineIOServer
    var front: Front { server.front }
    var session: EngineIOSession
    var receiver: (any EngineIOReceiver)?
    /// The requests that wait for their answer.
    var poll: ConnectionID?
    var post: ConnectionID?
    /// The WebSocket that it may go over to.
    var probe: ConnectionID?
    /// Loop time, in ms, by which it must have done so.
    var probeDeadline: UInt64 = 0
    /// The receiver takes no more.
    var isHeld = false
    /// A payload is being read.
    var isReading = false
    /// What the client has sent was the end of the session.
    var hasFailed = false
    /// What did not fit into the answer to a poll.
    var unsent = EngineIOUnsent()

    init(
        id: String, head: HTTPRequestHead, peer: PeerAddress, connection: ConnectionID,
        transport: EngineIOTransport, server: EngineIOServer
    ) {
        self.id = id
        self.head = head
        self.peer = peer
        self.connection = connection
        self.transport = transport
        self.server = server
        session = EngineIOSession(
            transport, pingInterval: server.settings.pingInterval, pingTimeout: server.settings.pingTimeout,
            now: server.now)
    }

    /// Hands what comes to `receiver` from now on.
    func begin(with receiver: any EngineIOReceiver) {
        if session.isOpen { self.receiver = receiver } else { receiver.closed(.closedByServer) }
    }

    // MARK: Sending

    /// Sends a message of text. Over polling it must not contain 0x1E.
    public func send(_ text: Span<UInt8>) {
        var bytes: [UInt8] = []
        EngineIOEncoder.appendMessage(text, for: transport, to: &bytes)
        send(encoded: bytes.span)
    }

    /// Sends a message of bytes.
    public func send(binary: Span<UInt8>) {
        var bytes: [UInt8] = []
        EngineIOEncoder.appendMessage(binary: binary, for: transport, to: &bytes)
        send(encoded: bytes.span)
    }

    /// Sends packets that `EngineIOEncoder` has written for the present transport. Dropped when the session is over.
    public func send(encoded packets: Span<UInt8>) {
        if session.isOpen { front.hub.send(packets, to: connection.slot) }
    }

    func sendPing() {
        var bytes: [UInt8] = []
        EngineIOEncoder.append(.ping, for: transport, to: &bytes)
        send(encoded: bytes.span)
    }

    // MARK: Receiving

    /// A packet with text in it, over the session's transport.
    func receive(_ type: EngineIOPacketType, _ data: Span<UInt8>) throws(EngineIOError) {
        if type != .message || server.handler.wantsValidatedText, !UTF8Validator.isValid(data) {
            throw EngineIOError("a packet is not valid UTF-8")
        }
        switch try session.receive(type, now: server.now) {
        case .nothing: break
        case .message: receiver?.receivedText(data)
        case .pinged: server.schedulePing(self)
        case .closed: end(.closedByClient)
        }
    }

    /// Takes no more from the client until `resumeReading`: its WebSocket is not read, the answer to its POST waits. What
    /// is being read already is handed over still.
    public func holdReading() {
        isHeld = true
        if transport == .webSocket { front.holdReading(connection) }
    }

    public func resumeReading() {
        guard isHeld else { return }
        isHeld = false
        switch transport {
        case .webSocket: front.resumeReading(connection)
        case .polling: if !isReading { answerPost() }
        }
    }

    // MARK: End

    /// Ends the session; what was sent before goes out first.
    public func close() { end(.closedByServer) }

    /// Ends the session because of what the client has sent.
    func fail(_ reason: String) {
        hasFailed = session.isOpen
        server.noteFailure(reason)
        end(.protocolError(reason))
    }

    /// Ends the session, in whatever way its transport has for it. The first reason counts.
    func end(_ reason: EngineIOCloseReason) {
        guard session.isOpen else { return }
        session.end(isOrderly: reason == .closedByServer)
        switch transport {
        case .polling:
            unsent.append(front.takeBytes(connection))
            front.detach(connection)
            endPolling(reason)
        case .webSocket:
            let (code, text) = reason.webSocketClose
            front.close(connection, code, text)
        }
        if let probe { front.close(probe, .normal, "the session is over") }
        if !isReading { answerPost() }
        if session.phase == .closed { server.forget(self) }
        receiver?.closed(reason)
        receiver = nil
    }
}
