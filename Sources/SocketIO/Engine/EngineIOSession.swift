import Wire

/// Where one Engine.IO session stands, and what follows from what happens to it: the rules of the protocol, without a
/// socket, a clock or a byte sent. Engine.IO protocol 4, "Protocol". Times are in milliseconds.
///
/// A session over polling that goes over to a WebSocket is probed on that first; polls and posts go on meanwhile.
struct EngineIOSession: Equatable {
    enum Phase: Equatable {
        case polling
        case webSocket
        /// The server has ended it, and the client will be told when it has polled all that waits.
        case closing
        case closed
    }

    /// The WebSocket that a polling session has been offered to go on with.
    enum Probe: Equatable {
        case none
        case opened
        /// It is known to be good: polls are answered at once, so that the client can go over.
        case answered
    }

    enum Heartbeat: Equatable {
        /// A ping is due then.
        case ping(at: UInt64)
        /// The answer to the last ping is due then.
        case pong(by: UInt64)
    }

    private(set) var phase: Phase
    private(set) var probe = Probe.none
    private(set) var heartbeat: Heartbeat
    /// A poll waits for its answer.
    private(set) var isPolled = false
    /// A post waits for its answer.
    private(set) var isPosted = false

    private let pingInterval: UInt64
    private let pingTimeout: UInt64

    init(_ transport: EngineIOTransport, pingInterval: UInt64, pingTimeout: UInt64, now: UInt64) {
        phase = transport == .polling ? .polling : .webSocket
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
        heartbeat = .ping(at: now + pingInterval)
    }

    /// Packets may be sent and received.
    var isOpen: Bool { phase == .polling || phase == .webSocket }

    // MARK: Polling

    enum PollAnswer: Equatable {
        /// What waits for the client; without anything, what comes next, when it comes.
        case whenThereIsSomething
        /// What waits for the client; without anything, a noop.
        case now
        /// What waits for the client, and with the last of it a close packet.
        case farewell
        /// 400. There is another poll, and so the session ends.
        case overlap
        /// 400: the session is not polling any more.
        case refused
    }

    /// A poll has come.
    mutating func poll() -> PollAnswer {
        switch phase {
        case .closing: return .farewell
        case .polling:
            guard !isPolled else { return .overlap }
            guard probe != .answered else { return .now }
            isPolled = true
            return .whenThereIsSomething
        case .webSocket, .closed: return .refused
        }
    }

    /// The poll has its answer, or is gone.
    mutating func pollEnded() { isPolled = false }

    enum PostAnswer: Equatable {
        case accepted
        /// 400. There is another post, and so the session ends.
        case overlap
        /// 400: the session is not polling any more.
        case refused
    }

    /// A whole post has come. Not yet answered ones exist while the server takes no more from the client.
    mutating func post() -> PostAnswer {
        guard phase == .polling else { return .refused }
        guard !isPosted else { return .overlap }
        isPosted = true
        return .accepted
    }

    mutating func postEnded() { isPosted = false }

    // MARK: Packets

    enum PacketOutcome: Equatable {
        case nothing
        /// For the receiver.
        case message
        /// The client is alive: the next ping is due then.
        case pinged(next: UInt64)
        /// The client ends the session.
        case closed
    }

    /// A packet has come over the session's transport.
    mutating func receive(_ type: EngineIOPacketType, now: UInt64) throws(EngineIOError) -> PacketOutcome {
        switch type {
        case .message: return .message
        case .pong:
            guard case .pong = heartbeat else { return .nothing }
            let next = now + pingInterval
            heartbeat = .ping(at: next)
            return .pinged(next: next)
        case .close: return .closed
        case .noop: return .nothing
        case .ping: throw EngineIOError("pings are the server's to send")
        case .open: throw EngineIOError("open packets are the server's to send")
        case .upgrade: throw EngineIOError("an upgrade packet, but no upgrade is under way")
        }
    }

    // MARK: Upgrade

    /// A client wants to open a WebSocket for the session. False if there is one already, or it is over.
    mutating func openProbe() -> Bool {
        guard phase == .polling, probe == .none else { return false }
        probe = .opened
        return true
    }

    enum ProbeOutcome: Equatable {
        /// Answer `3probe`, and a poll that waits with a noop.
        case answer
        /// The WebSocket is the session's transport from now on.
        case upgrade
        /// That is no probe: the WebSocket must be closed. The session goes on as it was.
        case fail
    }

    /// A packet has come over the WebSocket that is probed.
    mutating func receiveProbe(_ type: EngineIOPacketType, data: Span<UInt8>) -> ProbeOutcome {
        guard phase == .polling else { return .fail }
        switch (type, probe) {
        case (.ping, .opened) where data.equals("probe"):
            probe = .answered
            return .answer
        case (.upgrade, .answered) where data.isEmpty:
            probe = .none
            phase = .webSocket
            return .upgrade
        default: return .fail
        }
    }

    /// The WebSocket is gone, or took too long.
    mutating func probeEnded() { probe = .none }

    // MARK: Heartbeat

    /// A ping was due at `deadline`. When its answer is due, if the ping is to be sent now.
    ///
    /// The answer's time counts from when the ping was due; but a server that is late takes no more than a quarter of it
    /// from the client.
    mutating func pingDue(_ deadline: UInt64, now: UInt64) -> UInt64? {
        guard isOpen, heartbeat == .ping(at: deadline) else { return nil }
        let answer = max(deadline, now - min(now, pingTimeout / 4)) + pingTimeout
        heartbeat = .pong(by: answer)
        return answer
    }

    /// An answer was due at `deadline`: whether it has not come, so that the session must end.
    func pongDue(_ deadline: UInt64) -> Bool { isOpen && heartbeat == .pong(by: deadline) }

    /// Gives the client more time for an answer that is due.
    mutating func awaitPong(by deadline: UInt64) { heartbeat = .pong(by: deadline) }

    // MARK: End

    /// The session ends.
    /// - Parameter isOrderly: nothing is wrong with the client: it is to have all that was sent before.
    mutating func end(isOrderly: Bool) {
        guard isOpen else { return }
        phase = isOrderly && phase == .polling ? .closing : .closed
        probe = .none
        isPolled = false
    }

    /// The client has been told, or is not waited for any longer.
    mutating func forget() {
        phase = .closed
        probe = .none
        isPolled = false
    }
}
