import EventLoop
import Glibc
import Hub
import Limits
import Logging
import Wire

/// One worker's connections: accepts, speaks HTTP and WebSocket with them, and sends what the hub owes them.
///
/// Nothing is written when it arises; `flush`, at the end of each loop turn, writes once per connection. Confined
/// to its worker's thread.
public final class Front {
    /// What holds from now on; deadlines and decoders that are there already stay as they are.
    public var settings: FrontSettings {
        didSet {
            for id in openSessions { hub.setLimit(settings.maximumUnsent, slot: id.slot) }
            if let tls = settings.tls { context?.replaceTLS(tls) }
            shedder.lag = settings.handshakeLag
        }
    }
    /// Who is owed what. The application subscribes and delivers through it.
    public var hub = Hub()

    unowned let handler: any FrontHandler
    /// What all workers of the node count together.
    public let limits: NodeLimits
    let loop: EventLoop
    let logger = Logger(label: "roost.front")
    private(set) var context: SocketContext?
    private var acceptors: [Acceptor] = []
    let refused: RefusedSockets
    private(set) lazy var proxyGate = ProxyGate(on: loop, limits.counters) { [unowned self] in welcome($0) }
    var shedder: LoadShedder
    /// Connections that were accepted in this turn, and when it began.
    var arrivals = 0
    /// When it was last said that connections are turned away, in loop time.
    var stormTold: UInt64?
    private(set) var arrivalTime: UInt64 = 0
    private var sweeper: LoopTimer?
    /// By slot.
    var connections: [Connection?] = []
    /// The same connections' sockets: all that a write needs, so that a fan-out does not touch each connection.
    var sockets: [SocketContext.Socket?] = []
    /// Connections without a socket, by slot.
    var detached: [UInt32: DetachedConnection] = [:]
    /// Slots of connections that were asked to end in this turn.
    var ending: [UInt32] = []
    private(set) var isGoingAway = false
    /// Connections that were given away in this turn: to be let go of without a word.
    var surrendered: [ConnectionID] = []
    private var date = HTTPDate()
    /// Whose turn it is, when connections send more than can be handled at once.
    var turns = TurnShare()
    private(set) var turnTimer: LoopTimer?

    /// Milliseconds that a connection has to take its last bytes and to end from its side.
    static let lingerTimeout: UInt64 = 5_000
    /// The same for one whose socket is full: its close frame waits behind all that it has not read.
    static let overflowTimeout: UInt64 = 30_000

    /// - Parameters:
    ///   - limits: what is shared with the node's other fronts.
    ///   - handler: unowned; it owns the front.
    public init(
        on loop: EventLoop, settings: FrontSettings, limits: NodeLimits = NodeLimits(),
        handler: any FrontHandler
    ) throws(LoopError) {
        self.loop = loop
        self.settings = settings
        self.limits = limits
        self.handler = handler
        refused = RefusedSockets(on: loop, maximum: settings.maximumRefused)
        shedder = LoadShedder(lag: settings.handshakeLag)
        context = try SocketContext(on: loop, events: self, tls: settings.tls)
        let sweeper = LoopTimer(on: loop) { [unowned self] in sweep() }
        sweeper.start(after: 1_000, every: 1_000)
        self.sweeper = sweeper
        turnTimer = LoopTimer(on: loop) { [unowned self] in admitResting() }
    }

    /// Accepts connections from a listening socket, which stays the caller's.
    public func listen(on listener: Listener) throws(LoopError) {
        let acceptor = try Acceptor(on: loop, listener) { [unowned self] in
            if arrivals == 0 {
                arrivalTime = loop.now
                // A storm that is over is forgotten before anybody is turned away for it.
                shedder.arrived(0, now: loop.now)
            }
            accepted($0, by: listener)
        }
        acceptor.makesRoom = { [unowned self] in refused.makeRoom() }
        acceptors.append(acceptor)
    }

    public func stopListening() {
        for acceptor in acceptors { acceptor.close() }
        acceptors = []
    }

    /// Accepts no more connections, and takes no more sessions; HTTP connections end as soon as they have their answer.
    public func beginGoodbye() {
        stopListening()
        isGoingAway = true
        for case let connection? in connections where connection.phase == .http {
            if connection.exchange?.isIdle == true { end(connection) }
        }
    }

    /// Those that stay open by themselves: WebSockets, streams, detached connections.
    public var openSessions: [ConnectionID] {
        connections.compactMap { $0 }.filter { $0.phase == .webSocket || $0.phase == .stream }.map(\.id)
            + detached.values.map(\.id)
    }

    /// Ends one of these: a WebSocket with 1001.
    public func sayGoodbye(to id: ConnectionID) {
        if let detached = detached[id.slot], detached.id == id { return detached.session.closed() }
        guard let connection = connection(id) else { return }
        switch connection.phase {
        case .webSocket: close(id, .goingAway, "the server is going away")
        case .stream: end(connection)
        case .http, .tunnel, .closing: break
        }
    }

    /// Closes every connection at once and lets go of libwebsockets.
    public func close() {
        stopListening()
        sweeper?.close()
        turnTimer?.close()
        refused.close()
        proxyGate.close()
        for case let connection? in connections { context?.kill(connection.socket) }
        context?.close()
        context = nil
    }

    func connection(_ id: ConnectionID) -> Connection? {
        guard id.slot < connections.count, let connection = connections[Int(id.slot)], connection.id == id
        else {
            return nil
        }
        return connection
    }

    /// The session of a connection that is open, detached or not.
    public func session(of id: ConnectionID) -> (any ConnectionSession)? {
        if let detached = detached[id.slot], detached.id == id { return detached.session }
        return connection(id)?.session
    }

    func dateText() -> String { date.text(at: time(nil)) }

    // MARK: Flushing

    /// Writes what the turn has gathered. Called once at the end of each turn.
    public func flush() {
        guard let context else { return }
        defer {
            noteTurnEnd()
            endTurn()
        }
        while let write = hub.nextWrite() {
            switch write {
            case .write(let slot, let batch, let range): self.write(batch, range, to: slot, context)
            case .overflow(let slot):
                closeOverflowed(slot)
            }
        }
        while let spilled = hub.nextSpilled() { handler.subscriptionSpilled(spilled) }
        while let id = surrendered.popLast() {
            if let connection = connection(id) { context.kill(connection.socket) }
        }
        guard !ending.isEmpty else { return }
        for slot in ending {
            if let connection = connections[Int(slot)], hub.isIdle(slot) { shutDown(connection) }
        }
        ending.removeAll(keepingCapacity: true)
    }

    /// One write; true if the socket can take more.
    @discardableResult
    private func write(_ batch: Batch, _ range: Range<Int>, to slot: UInt32, _ context: SocketContext) -> Bool
    {
        let bytes = batch.bytes
        guard let socket = sockets[Int(slot)] else {
            writeDetached(bytes.span.extracting(range), to: slot)
            return true
        }
        let outcome = context.write(bytes.span.extracting(range), to: socket)
        hub.wrote(slot, isBlocked: outcome != .sent)
        guard outcome != .sent else { return true }
        guard let connection = connections[Int(slot)] else { return false }
        if outcome == .blocked {
            pause(connection, .blocked)
            tunnelBlocked(connection)
        } else {
            // The peer is gone; its end is reported by the loop, and until then nothing more is tried.
            end(connection, within: 0)
        }
        return false
    }

    func pause(_ connection: Connection, _ reason: Connection.PauseReasons) {
        if connection.pauses.isEmpty { context?.setReading(false, connection.socket) }
        connection.pauses.insert(reason)
    }

    func resume(_ connection: Connection, _ reason: Connection.PauseReasons) {
        guard connection.pauses.contains(reason) else { return }
        connection.pauses.remove(reason)
        if connection.pauses.isEmpty { context?.setReading(true, connection.socket) }
    }
}

extension Front: SocketEvents {
    func socketReceived(slot: UInt32, _ bytes: inout MutableSpan<UInt8>) -> Bool {
        guard let connection = connections[Int(slot)] else { return false }
        work(on: connection, &bytes)
        return true
    }

    /// Hands bytes to whatever the connection speaks, which may change on the way.
    func receive(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        while position < bytes.count {
            if connection.phase == .webSocket, connection.pauses.contains(.session) {
                // At most what was read at once: the socket is not read any more.
                return connection.unhandled.append(copying: bytes.span, position..<bytes.count)
            }
            switch connection.phase {
            case .http: receiveHTTP(connection, bytes.span, &position)
            case .webSocket: receiveWebSocket(connection, &bytes, &position)
            case .stream: position = bytes.count
            case .tunnel: relay(connection, bytes.span, &position)
            case .closing: return
            }
        }
    }

    func socketWritable(slot: UInt32) -> Bool {
        guard let connection = connections[Int(slot)], let context else { return false }
        // A slow reader that reads at all is alive.
        switch connection.phase {
        case .webSocket: noteLife(connection)
        case .stream, .tunnel: connection.isSuspect = false
        case .http, .closing: break
        }
        while let next = hub.nextBacklogWrite(slot) {
            guard write(next.batch, next.range, to: slot, context) else { return true }
        }
        if connection.phase == .closing, hub.isIdle(slot) { shutDown(connection) }
        resume(connection, .blocked)
        readPipelined(connection)
        tunnelDrained(connection)
        connection.session?.drained()
        return true
    }

    func socketClosed(slot: UInt32) {
        guard let connection = connections[Int(slot)] else { return }
        connections[Int(slot)] = nil
        sockets[Int(slot)] = nil
        (connection.claim, connection.places) = (nil, [])
        limits.openConnections.add(-1)
        connection.phase = .closing
        hub.disconnect(slot) { handler.topicOrphaned($0) }
        connection.takeSession()?.closed()
        endPartner(of: connection)
        if connection.exchange?.isAnswering == true { handler.requestAbandoned(by: connection.id) }
    }
}
