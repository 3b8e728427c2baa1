import EventLoop
import Front
import Hub
import Wire

/// The server's side of Socket.IO protocol 5 over Engine.IO protocol 4, on a front.
/// https://github.com/socketio/socket.io-protocol
///
/// Its owner is the front's handler, and passes on to it what is for its URL. Confined to its worker's thread.
public final class SocketIOServer {
    public let settings: SocketIOSettings
    unowned let handler: any SocketIOHandler
    private unowned let front: Front
    private unowned let loop: EventLoop
    private lazy var engine = EngineIOServer(
        front: front, loop: loop, settings: settings.engine, handler: self)

    /// The namespaces' indices, by name.
    let namespaces: [[UInt8]: UInt8]
    /// By namespace, and for each by transport.
    private let formats: [[SocketIOFormat]]
    /// By namespace: the connected sockets by id, and who is where.
    private var sockets: [[String: SocketIOSocket]]
    var rooms: [SocketIORooms]

    /// Clients that must connect to a namespace by then, by the id of their session.
    private var connects: DeadlineQueue<String>
    private var clients: [String: SocketIOClient] = [:]
    private var timer: DeadlineTimer?

    /// - Parameters:
    ///   - front: unowned; it must outlive the server, like `loop`.
    ///   - handler: unowned; it owns the server.
    public init(front: Front, loop: EventLoop, settings: SocketIOSettings, handler: any SocketIOHandler) {
        self.front = front
        self.loop = loop
        self.settings = settings
        self.handler = handler
        let names = settings.namespaces
        precondition(names.count <= 255, "at most 255 namespaces")
        namespaces = Dictionary(
            zip(names.map { Array($0.utf8) }, 0...), uniquingKeysWith: { first, _ in first })
        formats = names.map { namespace in
            EngineIOTransport.allCases.map { SocketIOFormat(namespace: namespace, transport: $0) }
        }
        sockets = Array(repeating: [:], count: names.count)
        rooms = Array(repeating: SocketIORooms(), count: names.count)
        connects = DeadlineQueue(delay: settings.connectTimeout)
        timer = DeadlineTimer(on: loop) { [unowned self] in expire() }
    }

    /// The format for messages out of the hub: the same object for all sockets of a namespace and a transport.
    public func format(_ view: UInt8, _ transport: EngineIOTransport) -> SocketIOFormat {
        formats[Int(view)][Int(transport.rawValue)]
    }

    // MARK: Requests

    /// Decides on a request by its head: `FrontHandler.admit`. The URL is not looked at, but for its query.
    /// - Throws: 503 when the server has been stopped.
    public func admit(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission {
        try engine.admit(head, from: peer)
    }

    /// A whole request that was admitted: `FrontHandler.handle`.
    public func handle(_ request: HTTPRequest) { engine.handle(request) }

    /// `FrontHandler.requestAbandoned`. A connection whose request was not handed to this server is let by.
    public func requestAbandoned(by connection: ConnectionID) { engine.requestAbandoned(by: connection) }

    /// Ends every session, and opens no more. `disconnected` is called for each socket.
    public func stop() { engine.stop() }

    /// Lets go of the loop. Required before that is closed; what is open is forgotten.
    public func close() {
        timer?.close()
        engine.close()
    }

    // MARK: Clients

    /// Clients that are connected to the server, to whatever namespaces.
    public var clientCount: Int { clients.count }

    func closed(_ client: SocketIOClient) { clients[client.engine.id] = nil }

    func connected(_ socket: SocketIOSocket) { sockets[Int(socket.view)][socket.id] = socket }

    func disconnected(_ socket: SocketIOSocket) {
        sockets[Int(socket.view)][socket.id] = nil
        rooms[Int(socket.view)].leaveAll(socket.id)
    }

    /// Ends the sessions that have not been connected to a namespace in time.
    private func expire() {
        while let (_, id) = connects.take(now: loop.now) {
            guard let client = clients[id], !client.session.hasConnected else { continue }
            client.engine.fail("not connected to a namespace within \(settings.connectTimeout) ms")
        }
        timer?.set(connects.next)
    }

    // MARK: Sockets

    /// The connected socket of that id.
    public func socket(_ id: String, in namespace: String) -> SocketIOSocket? {
        view(of: namespace).flatMap { sockets[$0][id] }
    }

    /// The connected sockets of a namespace that are in at least one of the rooms; all, for `nil`.
    public func sockets(in namespace: String, rooms: [String]? = nil) -> [SocketIOSocket] {
        guard let view = view(of: namespace) else { return [] }
        guard let rooms else { return Array(sockets[view].values) }
        return members(of: rooms, view).compactMap { sockets[view][$0] }
    }

    /// Emits an event to many sockets of this worker, written once for each transport.
    /// - Parameters:
    ///   - event: none of `SocketIOEventName.reserved`, which clients do not hear.
    ///   - arguments: as `SocketIOSocket.emit` takes them; `attachments` too.
    ///   - rooms: those in at least one of them get it, once; `nil` for the whole namespace.
    ///   - excluded: sockets' ids, or rooms.
    public func emit(
        _ event: String, _ arguments: Span<UInt8>, attachments: [[UInt8]] = [], in namespace: String,
        to rooms: [String]? = nil, except excluded: [String] = []
    ) {
        let receivers = sockets(in: namespace, rooms: rooms)
        guard let view = receivers.first.map({ Int($0.view) }) else { return }
        let left = members(of: excluded, view)
        var written: [[UInt8]] = Array(repeating: [], count: EngineIOTransport.allCases.count)
        for socket in receivers where !left.contains(socket.id) {
            let transport = socket.client.transport
            let index = Int(transport.rawValue)
            if written[index].isEmpty {
                SocketIOEncoder.appendEvent(
                    namespace, event, arguments, attachments: attachments, for: transport, to: &written[index]
                )
            }
            let bytes = written[index]
            socket.client.engine.send(encoded: bytes.span)
        }
    }

    private func view(of namespace: String) -> Int? { namespaces[Array(namespace.utf8)].map(Int.init) }

    /// The ids of the sockets in at least one of the rooms; every socket is in that of its id.
    private func members(of names: [String], _ view: Int) -> Set<String> {
        names.reduce(into: []) { members, name in
            members.formUnion(rooms[view].members(of: name))
            if sockets[view][name] != nil { members.insert(name) }
        }
    }
}

extension SocketIOServer: EngineIOHandler {
    /// The decoder checks every byte.
    public var wantsValidatedText: Bool { false }

    public func opened(_ client: EngineIOClient) -> any EngineIOReceiver {
        let receiver = SocketIOClient(client, server: self)
        clients[client.id] = receiver
        timer?.set(connects.add(client.id, now: loop.now))
        return receiver
    }
}
