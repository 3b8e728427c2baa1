import EventLoop
import Hub
import Wire

/// One client, which may be connected to several namespaces. Confined to its worker's thread.
public final class SocketIOClient {
    let engine: EngineIOClient
    unowned let server: SocketIOServer
    var session: SocketIOSession
    /// By view: those that are connected, or wait for the decision.
    private var all: [SocketIOSocket?]

    init(_ engine: EngineIOClient, server: SocketIOServer) {
        self.engine = engine
        self.server = server
        session = SocketIOSession(
            namespaces: server.namespaces, maximumAttachments: server.settings.maximumAttachments,
            maximumSize: server.settings.engine.maximumPayload)
        all = Array(repeating: nil, count: server.namespaces.count)
    }

    /// Who it is in the hub at present.
    public var connection: ConnectionID { engine.connection }
    public var transport: EngineIOTransport { engine.transport }
    /// The request that opened its session, and who sent it.
    public var head: HTTPRequestHead { engine.head }
    public var peer: PeerAddress { engine.peer }
    /// Those that were accepted and are not gone.
    public var sockets: [SocketIOSocket] {
        all.compactMap { socket in socket.flatMap { $0.isConnected ? $0 : nil } }
    }

    /// Ends the client's session and with it all its sockets; what was sent before goes out first.
    public func close() { engine.close() }

    /// Takes no more from the client until `resumeReading`. A packet that is being handled, and for a polling client
    /// those that came with it, are handled still.
    public func holdReading() { engine.holdReading() }

    public func resumeReading() { engine.resumeReading() }

    // MARK: Packets

    private func perform(_ action: SocketIOSession.Action, _ packet: Span<UInt8>) {
        switch action {
        case .nothing: break
        case .connect(let view, let auth): connect(view, auth, packet)
        case .refuse(let namespace):
            send { bytes, transport in
                SocketIOEncoder.appendConnectError(
                    String(decoding: namespace, as: UTF8.self), message: "Invalid namespace", for: transport,
                    to: &bytes)
            }
        case .event(let view, let name, let arguments, let id):
            guard let socket = all[Int(view)] else { return }
            server.handler.event(
                name, arguments, in: packet, from: socket,
                acknowledgement: id.map { SocketIOAcknowledgement(socket, id: $0) })
        case .acknowledgement(let view, let arguments, let id):
            all[Int(view)]?.pending.take(id)?(arguments, packet)
        case .disconnect(let view):
            if let socket = all[Int(view)] { end(socket, .disconnectedByClient) }
        case .cancel(let view):
            if let socket = all[Int(view)] { end(socket, .disconnectedByClient) }
        }
    }

    private func send(_ write: (inout [UInt8], EngineIOTransport) -> Void) {
        var bytes: [UInt8] = []
        write(&bytes, transport)
        engine.send(encoded: bytes.span)
    }

    // MARK: Namespaces

    private func connect(_ view: UInt8, _ auth: Range<Int>?, _ packet: Span<UInt8>) {
        let socket = SocketIOSocket(
            id: SessionID.make(), namespace: server.settings.namespaces[Int(view)], view: view, client: self)
        all[Int(view)] = socket
        let decide = { [weak self] decision in _ = self?.decide(socket, decision) }
        if let auth {
            server.handler.connect(socket, auth: packet.extracting(auth), decide: decide)
        } else {
            server.handler.connect(socket, auth: Array("{}".utf8).span, decide: decide)
        }
    }

    private func decide(_ socket: SocketIOSocket, _ decision: SocketIODecision) {
        guard all[Int(socket.view)] === socket, session.view(socket.view) == .connecting else { return }
        switch decision {
        case .accept:
            session.decide(socket.view, isAccepted: true)
            socket.isConnected = true
            server.connected(socket)
            send { bytes, transport in
                SocketIOEncoder.appendConnect(socket.namespace, id: socket.id, for: transport, to: &bytes)
            }
        case .refuse(let message, let data):
            session.decide(socket.view, isAccepted: false)
            all[Int(socket.view)] = nil
            send { bytes, transport in
                SocketIOEncoder.appendConnectError(
                    socket.namespace, message: message, data: data, for: transport, to: &bytes)
            }
        }
    }

    /// The server ends a socket.
    func disconnect(_ socket: SocketIOSocket) {
        guard socket.isConnected else { return }
        session.leave(socket.view)
        send { bytes, transport in
            SocketIOEncoder.appendDisconnect(socket.namespace, for: transport, to: &bytes)
        }
        end(socket, .disconnectedByServer)
    }

    private func end(_ socket: SocketIOSocket, _ reason: SocketIODisconnectReason) {
        all[Int(socket.view)] = nil
        guard socket.isConnected else { return server.handler.abandoned(socket) }
        socket.isConnected = false
        socket.pending = PendingAcknowledgements(maximum: 0)
        server.disconnected(socket)
        server.handler.disconnected(socket, reason)
    }
}

extension SocketIOClient: EngineIOReceiver {
    public func receivedText(_ message: Span<UInt8>) {
        do throws(SocketIOError) {
            perform(try session.receive(text: message), message)
        } catch {
            engine.fail(error.reason)
        }
    }

    public func receivedBinary(_ message: Span<UInt8>) {
        do throws(SocketIOError) {
            let action = try session.receive(binary: message)
            let packet = session.assembled
            perform(action, packet.span)
        } catch {
            engine.fail(error.reason)
        }
    }

    public func moved(from old: ConnectionID, to new: ConnectionID) {
        server.handler.moved(self, from: old, to: new)
    }

    public func drained() { server.handler.drained(self) }

    public func closed(_ reason: EngineIOCloseReason) {
        for case let socket? in all { end(socket, .clientClosed(reason)) }
        server.closed(self)
    }
}
