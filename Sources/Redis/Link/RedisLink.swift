import DequeModule
import EventLoop
import Logging
import Wire

/// One connection to Redis that heals itself: connects, logs in, notices silence, and comes back with backoff.
///
/// Commands are gathered and leave in one write per `flush`. Confined to its loop's thread.
final class RedisLink {
    enum Mode: Sendable {
        /// Each command has one reply, in order.
        case commands
        /// The same for commands that make Redis wait; scripts are not loaded. They must wait for less than
        /// `probeInterval`.
        case blocking
        /// After (P)SUBSCRIBE: pushes come as they arise.
        case subscriber
    }

    private enum State {
        case idle
        case connecting
        case loggingIn
        case ready
        case waiting
        case closed
    }

    /// What the next replies answer, in command mode and while logging in.
    private enum Expectation {
        case login(LoginStep)
        case probe
        case command(UInt64)
    }

    private enum LoginStep: String {
        case auth = "AUTH"
        case select = "SELECT"
        case name = "CLIENT SETNAME"
        case script = "SCRIPT LOAD"
        case role = "ROLE"
        case ping = "PING"
    }

    unowned let delegate: any RedisLinkDelegate
    private let loop: EventLoop
    private let settings: RedisSettings
    private let mode: Mode
    private let name: String

    private var state = State.idle
    private var stream: ByteStream?
    private var query: SentinelQuery?
    /// Where it connects to, or did last.
    private(set) var endpoint: StreamEndpoint
    private var reader = RespReader()
    private var output: [UInt8] = []
    /// What the stream held then; asking it for every publish costs more than building the command.
    private var unsentAtFlush = 0
    private var expectations: Deque<Expectation> = []
    private var backoff = Backoff(initial: 100, maximum: 5_000)
    private var reconnect: LoopTimer?
    private var probe: LoopTimer?
    /// Something has arrived since the last look.
    private var hasHeard = false
    private var isProbing = false
    /// Why Redis does not take scripts; `nil` if it does.
    private(set) var scriptRefusal: String?

    /// - Parameters:
    ///   - name: what `CLIENT LIST` shows; no spaces.
    ///   - delegate: unowned; it owns the link.
    init(
        on loop: EventLoop, _ settings: RedisSettings, mode: Mode, name: String,
        delegate: any RedisLinkDelegate
    ) {
        self.loop = loop
        self.settings = settings
        endpoint = settings.endpoint
        self.mode = mode
        self.name = name
        self.delegate = delegate
    }

    var isReady: Bool { state == .ready }

    /// Bytes that the system had not taken yet at the last `flush`, and those gathered since.
    var unsentBytes: Int { output.count + unsentAtFlush }

    /// Commands without a reply.
    var unanswered: Int { expectations.count }

    func start() {
        let reconnect = LoopTimer(on: loop) { [unowned self] in connect() }
        let probe = LoopTimer(on: loop) { [unowned self] in lookForSilence() }
        probe.start(after: settings.probeInterval, every: settings.probeInterval)
        self.reconnect = reconnect
        self.probe = probe
        connect()
    }

    /// Ends the connection for good. The tokens of the commands without a reply, in order.
    @discardableResult
    func close() -> [UInt64] {
        state = .closed
        stream?.close()
        stream = nil
        query?.cancel()
        query = nil
        reconnect?.close()
        probe?.close()
        return takeUnanswered()
    }

    private func takeUnanswered() -> [UInt64] {
        defer { expectations.removeAll() }
        return expectations.compactMap { if case .command(let token) = $0 { token } else { nil } }
    }

    // MARK: Sending

    /// Gathers a command; its reply comes with `token`. Only while ready.
    func send(token: UInt64 = 0, _ append: (inout [UInt8]) -> Void) {
        append(&output)
        if mode != .subscriber { expectations.append(.command(token)) }
    }

    /// Sends what has been gathered.
    func flush() {
        guard !output.isEmpty || unsentAtFlush > 0, let stream else { return }
        if !output.isEmpty {
            let bytes = output
            output = []
            output.reserveCapacity(min(bytes.count, 256 * 1024))
            stream.write(bytes)
        }
        unsentAtFlush = stream.unsentBytes
    }

    // MARK: Connecting

    private func connect() {
        state = .connecting
        hasHeard = true
        isProbing = false
        reader = RespReader()
        guard let sentinel = settings.sentinel else { return open() }
        let query = SentinelQuery(on: loop, sentinel, patience: settings.probeInterval) {
            [unowned self] result in
            self.query = nil
            switch result {
            case .success(let endpoint):
                self.endpoint = endpoint
                open()
            case .failure(let failure): drop(failure.reason)
            }
        }
        self.query = query
        query.start()
    }

    private func open() {
        let stream = ByteStream(on: loop)
        stream.delegate = self
        stream.connectTimeout = settings.probeInterval
        self.stream = stream
        stream.connect(to: endpoint, tls: settings.tls)
    }

    private func logIn() {
        state = .loggingIn
        if let password = settings.password {
            send(.auth, (settings.user.map { [$0] } ?? []) + [password])
        }
        if settings.database != 0 { send(.select, [String(settings.database)]) }
        if settings.sentinel != nil { send(.role, []) }
        send(.name, [name])
        scriptRefusal = nil
        if mode == .commands {
            for script in RedisScript.all {
                send(.script, [String(decoding: script.text, as: UTF8.self)])
            }
        }
        send(.ping, [])
        flush()
    }

    private func send(_ step: LoginStep, _ arguments: [String]) {
        RespWriter.append(step.rawValue.split(separator: " ").map(String.init) + arguments, to: &output)
        expectations.append(.login(step))
    }

    private func finished(_ step: LoginStep, _ reply: borrowing RespReply) {
        if let error = reply.error {
            switch step {
            case .name: break
            // A user who may only publish and subscribe is enough where nothing is kept.
            case .script: scriptRefusal = scriptRefusal ?? error
            case .auth, .select, .role, .ping: return drop("\(step.rawValue) failed: \(error)")
            }
        }
        if step == .role, !reply.withBytes(of: 0, { $0.equals("master") }) {
            return drop("\(endpoint) is not the master")
        }
        guard step == .ping else { return }
        state = .ready
        backoff.reset()
        delegate.linkReady(self)
    }

    /// Gives the connection up, and tries again later.
    func drop(_ reason: String) {
        guard state != .closed, state != .waiting else { return }
        stream?.close()
        stream = nil
        query?.cancel()
        query = nil
        output = []
        unsentAtFlush = 0
        state = .waiting
        let delay = backoff.next()
        reconnect?.start(after: delay)
        delegate.linkLost(self, reason: reason, retryIn: delay, unanswered: takeUnanswered())
    }

    // MARK: Silence

    /// Every `probeInterval`: a connection that has said nothing is asked; one that has been asked is given up.
    private func lookForSilence() {
        switch state {
        case .loggingIn, .ready: break
        // The stream has a time limit of its own, and says better what it waited for.
        case .idle, .connecting, .waiting, .closed: return
        }
        if hasHeard {
            hasHeard = false
            isProbing = false
        } else if isProbing || state != .ready {
            drop("no answer from \(endpoint) within \(settings.probeInterval) ms")
        } else {
            isProbing = true
            RespWriter.append(["PING"], to: &output)
            if mode != .subscriber { expectations.append(.probe) }
            flush()
        }
    }
}

extension RedisLink: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) {
        hasHeard = true
        logIn()
    }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        hasHeard = true
        do throws(RespError) {
            var fed = 0
            // A reply may end this connection.
            while fed < bytes.count, self.stream === stream {
                let end = min(fed + RespReader.pieceSize, bytes.count)
                try reader.feed(bytes.extracting(fed..<end))
                fed = end
                while self.stream === stream, try reader.next(receive) {}
            }
        } catch {
            drop("\(endpoint) does not speak Redis' protocol: \(error)")
        }
    }

    private func receive(_ reply: borrowing RespReply) {
        if mode == .subscriber, state == .ready {
            // The answer to a probe: a status, or a push once there are subscriptions.
            guard !reply.isStatus else { return }
            // Also one: a Redis that cannot save its data refuses PING, but not SUBSCRIBE.
            if let error = reply.error, error.hasPrefix("MISCONF") { return }
            return delegate.linkReceived(self, reply, token: 0)
        }
        switch expectations.popFirst() {
        case .login(let step): finished(step, reply)
        case .command(let token): delegate.linkReceived(self, reply, token: token)
        case .probe: break
        case nil: drop("\(endpoint) sent a reply that nothing was asked for")
        }
    }

    func streamDrained(_ stream: ByteStream) {
        unsentAtFlush = 0
        delegate.linkDrained(self)
    }

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        self.stream = nil
        drop(error.map(\.description) ?? "\(endpoint) closed the connection")
    }
}
