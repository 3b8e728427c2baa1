import Front
import Hub
import Limits
import SocketIO
import Wire

/// The clients of Socket.IO on one worker: their events become publishes and subscriptions. PROTOCOL.md, "Socket.IO".
/// Confined to its worker's thread.
final class SocketIODoor {
    unowned let worker: Worker
    /// The channel that every client is subscribed to.
    let channel: ChannelName
    private var madeServer: SocketIOServer?
    /// By who they are in the hub.
    private var clients: [ConnectionID: Client] = [:]
    /// Who clients are now that went over from polling to a WebSocket.
    private var successors: [ConnectionID: ConnectionID] = [:]
    /// Clients that nothing is read from until the broker has drained.
    private var held: [SocketIOClient] = []

    private struct Client {
        /// What it has in each namespace, those included that it has not been let into yet.
        var relays: [Relay] = []
        /// Who it was while it was polling.
        var predecessor: ConnectionID?
        /// What it has left of the rate of a connection, in all namespaces.
        let bucket = TokenBucket()
        /// Its place among those of its address, while it polls.
        var place: ConnectionClaim?
    }

    init(worker: Worker) {
        self.worker = worker
        channel = worker.settings.socketIOChannel
        madeServer = SocketIOServer(
            front: worker.front, loop: worker.loop, settings: worker.settings.socketIO, handler: self)
    }

    var server: SocketIOServer {
        // Set in `init`, which passes `self` on, and never reset.
        guard let madeServer else { preconditionFailure("asked for the server while it is being made") }
        return madeServer
    }

    func stop() { server.stop() }

    func close() { server.close() }

    // MARK: Clients

    /// Lets go of what a client had in a namespace.
    func remove(_ relay: Relay, of connection: ConnectionID) {
        clients[connection]?.relays.removeAll { $0 === relay }
        guard let client = clients[connection], client.relays.isEmpty else { return }
        clients[connection] = nil
        if let predecessor = client.predecessor { successors[predecessor] = nil }
        worker.closed(connection)
    }

    /// Who a connection is now that was a polling client's.
    func successor(of connection: ConnectionID) -> ConnectionID? { successors[connection] }

    /// Ends a client's subscriptions to a topic, and tells it.
    func stopped(_ topic: Topic, of connection: ConnectionID) {
        for relay in clients[connection]?.relays ?? [] { relay.stopped(topic) }
    }

    /// Ends whoever came without a token.
    func endStrangers(_ reason: String) {
        for relay in clients.values.flatMap(\.relays) where relay.identity.credentials == .none {
            relay.accessEnded(reason)
        }
    }

    // MARK: Congestion

    /// Reads no more from a client until `resumeReading`. False if it is not one of these.
    func holdReading(_ connection: ConnectionID) -> Bool {
        guard let client = clients[connection]?.relays.first?.socket?.client else { return false }
        client.holdReading()
        held.append(client)
        return true
    }

    func resumeReading() {
        let clients = held
        held = []
        for client in clients { client.resumeReading() }
    }
}

extension SocketIODoor: SocketIOHandler {
    func connect(
        _ socket: SocketIOSocket, auth: Span<UInt8>, decide: @escaping (SocketIODecision) -> Void
    ) {
        do throws(HTTPError) {
            let credentials = try RelayCredentials(auth)
            let identity = try worker.access.identify(socket.client.head, credentials)
            var client = clients[socket.client.connection, default: Client()]
            let address = worker.address(of: socket.client.head, from: socket.client.peer)
            if client.place == nil, socket.client.transport == .polling {
                client.place = try worker.claimPlace(of: address)
            }
            let limits = ClientLimits(address, bucket: client.bucket)
            let relay = Relay(
                door: self, socket: socket, identity: identity, limits,
                place: try place(for: identity, client))
            socket.context = relay
            clients[socket.client.connection] = client
            clients[socket.client.connection]?.relays.append(relay)
            relay.enter(since: credentials.since, decide: decide)
        } catch {
            worker.limits.counters.count(error.limit)
            decide(.refuse(message: error.message, data: RelayAnswer.error(error.code, error.message)))
        }
    }

    func event(
        _ name: [UInt8], _ arguments: SocketIOArguments, in packet: Span<UInt8>,
        from socket: SocketIOSocket, acknowledgement: SocketIOAcknowledgement?
    ) {
        guard let relay = socket.context as? Relay else { return }
        let answer = RelayAnswer(socket: socket, acknowledgement: acknowledgement)
        do throws(NativeError) {
            try checkSize(arguments, packet)
            let command = try RelayCommand(name, arguments, in: packet, channel: channel)
            try relay.carryOut(command, packet, answer)
        } catch {
            worker.limits.counters.count(error.limit)
            answer.fail(error.code, error.message)
        }
    }

    /// A client takes up one place of a user, in however many namespaces.
    private func place(for identity: Identity, _ client: Client) throws(HTTPError) -> ConnectionClaim? {
        let other = client.relays.first { $0.place != nil && $0.identity.user == identity.user }
        if let place = other?.place { return place }
        return try worker.claimPlace(for: identity)
    }

    /// A payload may have several messages; each is held to the limit of all doors.
    private func checkSize(_ arguments: SocketIOArguments, _ packet: Span<UInt8>) throws(NativeError) {
        let maximum = worker.settings.front.maximumMessageSize
        guard arguments.attachments.reduce(packet.count, { $0 + $1.count }) <= maximum else {
            throw NativeError(.tooLarge, .messageSize, "a message may have at most \(maximum) bytes")
        }
    }

    func drained(_ client: SocketIOClient) { worker.refills.drained(client.connection) }

    func disconnected(_ socket: SocketIOSocket, _ reason: SocketIODisconnectReason) {
        (socket.context as? Relay)?.end(socket.client.connection)
    }

    func abandoned(_ socket: SocketIOSocket) {
        (socket.context as? Relay)?.end(socket.client.connection)
    }

    func moved(_ client: SocketIOClient, from old: ConnectionID, to new: ConnectionID) {
        guard var moving = clients.removeValue(forKey: old) else { return }
        moving.predecessor = old
        moving.place = nil
        clients[new] = moving
        successors[old] = new
        for relay in moving.relays { relay.moved(from: old, to: new) }
        worker.closed(old)
    }
}
