import EventLoop
import Front
import Hub
import Logging
import Wire

/// The server's side of Engine.IO protocol 4 on a front: sessions over HTTP long-polling and WebSocket.
/// https://github.com/socketio/engine.io-protocol
///
/// Its owner is the front's handler, and passes on to it what is for its URL. Confined to its worker's thread.
public final class EngineIOServer {
    public let settings: EngineIOSettings
    unowned let front: Front
    private unowned let loop: EventLoop
    unowned let handler: any EngineIOHandler
    private let logger = Logger(label: "roost.engineio")

    /// Those that have not been told of their end yet included.
    private var clients: [String: EngineIOClient] = [:]
    /// Whose request waits for its answer, by the request's connection.
    private var waiting: [ConnectionID: EngineIOClient] = [:]
    private var isStopped = false

    // Deadlines, of clients by id.
    private var timer: DeadlineTimer?
    private var pings: DeadlineQueue<String>
    private var pongs: DeadlineQueue<String>
    private var probes: DeadlineQueue<String>
    private var farewells: DeadlineQueue<String>

    /// - Parameters:
    ///   - front: unowned; it must outlive the server, like `loop`.
    ///   - handler: unowned; it owns the server.
    public init(front: Front, loop: EventLoop, settings: EngineIOSettings, handler: any EngineIOHandler) {
        self.front = front
        self.loop = loop
        self.settings = settings
        self.handler = handler
        pings = DeadlineQueue(delay: settings.pingInterval)
        pongs = DeadlineQueue(delay: settings.pingTimeout)
        probes = DeadlineQueue(delay: settings.upgradeTimeout)
        farewells = DeadlineQueue(delay: settings.closeTimeout)
        timer = DeadlineTimer(on: loop) { [unowned self] in expire() }
    }

    /// Loop time, in milliseconds.
    var now: UInt64 { loop.now }

    func noteFailure(_ reason: String) {
        logger.debug("closing a client", metadata: ["reason": "\(reason)"])
    }

    /// Sessions that are open.
    public var clientCount: Int { clients.count }

    // MARK: Requests

    /// Decides on a request by its head: `FrontHandler.admit`. The URL is not looked at, but for its query.
    /// - Throws: 503 when the server has been stopped.
    public func admit(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission {
        guard !isStopped else {
            throw HTTPError(.serviceUnavailable, .unavailable, "the server is going away")
        }
        // What is wrong with it is said when it is whole.
        guard case .webSocket(let session) = try? EngineIORequest(head) else {
            return .request(maximumBody: settings.maximumPayload, limit: .messageSize)
        }
        guard let session else { return .webSocket(EngineIOSocket(self, for: head, from: peer, of: nil)) }
        guard let client = clients[session] else {
            return .request(maximumBody: settings.maximumPayload, limit: .messageSize)
        }
        return .webSocket(EngineIOSocket(self, for: head, from: peer, of: client))
    }

    /// A whole request that was admitted: `FrontHandler.handle`.
    public func handle(_ request: HTTPRequest) {
        expire()
        do throws(EngineIORefusal) {
            switch try EngineIORequest(request.head) {
            case .open: open(request)
            case .poll(let session): try client(session).receivePoll(request.connection)
            case .post(let session): try client(session).receivePost(request)
            case .webSocket: throw .unknownSession
            }
        } catch {
            front.respond(to: request.connection, error.response)
        }
    }

    private func client(_ id: String) throws(EngineIORefusal) -> EngineIOClient {
        guard let client = clients[id] else { throw .unknownSession }
        return client
    }

    /// `FrontHandler.requestAbandoned`. A connection whose request was not handed to this server is let by.
    public func requestAbandoned(by connection: ConnectionID) {
        waiting.removeValue(forKey: connection)?.abandoned(connection)
    }

    func wait(for request: ConnectionID, _ client: EngineIOClient) { waiting[request] = client }

    func stopWaiting(for request: ConnectionID) { waiting[request] = nil }

    // MARK: Sessions

    /// Opens a session over polling.
    private func open(_ request: HTTPRequest) {
        let mailbox = EngineIOMailbox()
        guard let connection = front.attach(mailbox) else {
            return front.respond(to: request.connection, HTTPResponse(HTTPError.noMoreConnections))
        }
        let client = makeClient(request.head, from: request.peer, connection, .polling)
        mailbox.client = client
        open(client)
        // The handshake is its first poll.
        client.receivePoll(request.connection)
    }

    func makeClient(
        _ head: HTTPRequestHead, from peer: PeerAddress, _ connection: ConnectionID,
        _ transport: EngineIOTransport
    ) -> EngineIOClient {
        EngineIOClient(
            id: SessionID.make(prefix: settings.sessionPrefix), head: head, peer: peer,
            connection: connection,
            transport: transport, server: self)
    }

    /// Begins a session: the handshake, and from then on it is the receiver's.
    func open(_ client: EngineIOClient) {
        clients[client.id] = client
        var packet: [UInt8] = []
        EngineIOHandshake(
            id: client.id, canUpgrade: client.transport == .polling, pingInterval: settings.pingInterval,
            pingTimeout: settings.pingTimeout, maximumPayload: settings.maximumPayload
        ).append(to: &packet)
        var bytes: [UInt8] = []
        EngineIOEncoder.append(packet.span, for: client.transport, to: &bytes)
        client.send(encoded: bytes.span)
        schedulePing(client)
        client.begin(with: handler.opened(client))
    }

    func forget(_ client: EngineIOClient) { clients[client.id] = nil }

    /// Ends every session, and opens no more.
    public func stop() {
        isStopped = true
        for client in Array(clients.values) {
            client.end(.goingAway)
            forget(client)
        }
    }

    /// Lets go of the loop. Required before that is closed; sessions are forgotten.
    public func close() {
        timer?.close()
        for client in clients.values { client.receiver = nil }
        clients = [:]
        waiting = [:]
    }

    // MARK: Time

    func schedulePing(_ client: EngineIOClient) {
        timer?.set(pings.add(client.id, now: now))
    }

    func scheduleProbeEnd(_ client: EngineIOClient) {
        client.probeDeadline = probes.add(client.id, now: now)
        timer?.set(client.probeDeadline)
    }

    func scheduleForgetting(_ client: EngineIOClient) {
        timer?.set(farewells.add(client.id, now: now))
    }

    /// Does what is due.
    private func expire() {
        let now = now
        while let (deadline, id) = pongs.take(now: now) {
            guard let client = clients[id], client.session.pongDue(deadline) else { continue }
            // A client that is not read cannot be heard to answer: it is held as long as the broker likes.
            if client.isHeld {
                client.session.awaitPong(by: pongs.add(id, now: now))
            } else {
                client.end(.pingTimeout)
            }
        }
        while let (deadline, id) = pings.take(now: now) {
            guard let client = clients[id], let answer = client.session.pingDue(deadline, now: now) else {
                continue
            }
            client.sendPing()
            pongs.add(id, now: answer - settings.pingTimeout)
        }
        while let (deadline, id) = probes.take(now: now) { clients[id]?.probeDue(deadline) }
        while let (_, id) = farewells.take(now: now) { clients[id] = nil }
        for next in [pings.next, pongs.next, probes.next, farewells.next] { timer?.set(next) }
    }
}
