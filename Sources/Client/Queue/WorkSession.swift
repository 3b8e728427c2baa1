import EventLoop
import Wire

/// Works on a queue over the native door: takes jobs, renews their leases until they are reported, and connects again
/// whenever the connection was lost. Confined to its loop's thread.
public final class WorkSession {
    public struct Options: Sendable {
        /// The most unfinished jobs at a time.
        public var credit: Int
        /// Seconds for which a job is this worker's unless it is renewed, which is done three times as often.
        public var lease: Int
        /// End after one job.
        public var isSingle: Bool

        public init(credit: Int, lease: Int, isSingle: Bool = false) {
            self.credit = isSingle ? 1 : credit
            self.lease = lease
            self.isSingle = isSingle
        }
    }

    /// Strong; let go of when the session ends.
    public var delegate: (any WorkSessionDelegate)?

    private let loop: EventLoop
    private let settings: WebSocketClient.Settings
    private let queue: QueueName
    private let options: Options
    private var ledger: WorkLedger
    private var client: WebSocketClient?
    private var isOpen = false
    private var reconnector: Reconnector?
    private var renewal: LoopTimer?
    private var resend: LoopTimer?
    /// No more jobs are taken.
    private var isDraining = false
    /// The close frame is on its way.
    private var isClosing = false

    /// How long the first connection may take, in milliseconds.
    private static let patience: UInt64 = 10_000
    /// How long to wait before a report is sent again that the broker could not take, in milliseconds.
    private static let resendDelay: UInt64 = 1000

    public init(
        on loop: EventLoop, _ settings: WebSocketClient.Settings, _ queue: QueueName, _ options: Options
    ) {
        self.loop = loop
        self.settings = settings
        self.queue = queue
        self.options = options
        ledger = WorkLedger(credit: options.credit)
    }

    /// Connects and asks for jobs. Call once.
    public func start() {
        reconnector = Reconnector(on: loop, patience: Self.patience) { [unowned self] in self.connect() }
        renewal = LoopTimer(on: loop) { [unowned self] in self.renew() }
        let interval = UInt64(options.lease) * 1000 / 3
        renewal?.start(after: interval, every: interval)
        resend = LoopTimer(on: loop) { [unowned self] in self.pump() }
        connect()
    }

    /// How a job went. The lease is not renewed any more.
    public func report(_ id: String, _ report: WorkReport) {
        let (isDue, freesCredit) = ledger.report(id, report)
        if freesCredit, isOpen, !isDraining { askForWork() }
        if isDue || isDraining { pump() }
    }

    /// Takes no more jobs, and ends when all are reported.
    public func drain() {
        guard !isDraining else { return }
        isDraining = true
        if isOpen { askForWork() }
        pump()
    }

    /// Ends now; what is not reported goes back to the queue.
    public func close() {
        isDraining = true
        guard isOpen, let client else { return end(nil) }
        guard !isClosing else { return }
        isClosing = true
        client.close()
    }

    private func connect() {
        let client = WebSocketClient(on: loop, settings)
        client.delegate = self
        self.client = client
        client.connect()
    }

    private func end(_ error: ClientError?) {
        isOpen = false
        client?.cancel()
        client = nil
        reconnector?.close()
        reconnector = nil
        renewal?.close()
        renewal = nil
        resend?.close()
        resend = nil
        let delegate = delegate
        self.delegate = nil
        delegate?.workEnded(error)
    }

    private func askForWork() {
        let credit = isDraining ? 0 : ledger.freeCredit
        send(.work) { ClientFrame.work(queue: queue, credit: credit, lease: options.lease, ref: $0) }
        client?.flush()
    }

    private func renew() {
        guard isOpen else { return }
        for id in ledger.idsToRenew {
            send(.renew(id: id)) { ClientFrame.renew(queue: queue, id: id, lease: options.lease, ref: $0) }
        }
        client?.flush()
    }

    /// Sends the reports that are due, and ends when nothing is left to be said.
    private func pump() {
        guard isOpen else {
            if isDraining, ledger.isIdle { end(nil) }
            return
        }
        for (id, report) in ledger.takeDue() {
            send(.report(id: id, report)) { ref in
                switch report {
                case .done: ClientFrame.done(queue: queue, id: id, ref: ref)
                case .retry(let delay): ClientFrame.retry(queue: queue, id: id, delay: delay, ref: ref)
                }
            }
        }
        client?.flush()
        if isDraining, ledger.isIdle { close() }
    }

    private func send(_ request: WorkLedger.Request, _ frame: (Int64) -> [UInt8]) {
        client?.send(text: frame(ledger.ask(request)).span)
    }

    private func received(_ job: QueueJob, _ frame: Span<UInt8>) {
        // What was on its way when the credit was taken back returns to the queue with the connection.
        guard !isDraining else { return }
        guard ledger.receive(job.id) else {
            return end(ClientError("\(settings.url) sent more jobs than it was asked for"))
        }
        if options.isSingle { drain() }
        delegate?.workReceived(job, frame: frame)
    }

    private func refused(_ ref: Int64?, code: String, text: String) {
        switch ledger.refuse(ref, code: code) {
        case .leaseLost(let id, true):
            delegate?.workNotice("the lease of job \(id) ended before it was reported; it may be done again")
        case .leaseLost(let id, false):
            delegate?.workNotice(
                "the lease of job \(id) has ended while it is being worked on; it may be done again")
        case .settled: return
        case .postponed: resend?.start(after: Self.resendDelay)
        case .unknown, .fatal:
            lost(.refusal(by: settings.url, code: code, text: text))
        }
    }

    /// The connection has ended or is of no use: tries again where that makes sense.
    private func lost(_ error: ClientError) {
        client?.cancel()
        client = nil
        isOpen = false
        if isClosing { return end(nil) }
        let (working, reported) = ledger.disconnect()
        if working + reported > 0 {
            let jobs = working + reported == 1 ? "one job" : "\(working + reported) jobs"
            delegate?.workNotice("\(jobs), not finished or not confirmed, may be done again")
        }
        if isDraining, ledger.isIdle {
            return end(reported > 0 ? error : nil)
        }
        guard error.isTransient, let delay = reconnector?.retry() else { return end(error) }
        delegate?.workNotice("\(error); trying again in \(Reconnector.seconds(delay))")
    }
}

extension WorkSession: WebSocketClientDelegate {
    public func webSocketOpened(_ client: WebSocketClient) {
        isOpen = true
        askForWork()
    }

    public func webSocketReceived(_ client: WebSocketClient, _ message: Span<UInt8>, isText: Bool) {
        guard isText, isOpen else { return }
        let frame: ServerFrame
        do throws(JSONError) {
            frame = try ServerFrame(message)
        } catch {
            return end(ClientError("\(settings.url) sent a frame that is \(error)"))
        }
        switch frame {
        case .job(let job): received(job, message)
        case .working(let ref):
            ledger.confirm(ref)
            if reconnector?.connected() == true { delegate?.workNotice("connected to \(settings.url) again") }
            delegate?.workReady()
        case .reported(let ref): ledger.confirm(ref)
        case .error(let code, let text, let ref): refused(ref, code: code, text: text)
        case .welcome, .subscribed, .unsubscribed, .message, .gap, .history, .published, .other: return
        }
    }

    public func webSocketPaused(_ client: WebSocketClient) {
        delegate?.workPaused()
        if isDraining { pump() }
    }

    public func webSocketDrained(_ client: WebSocketClient) {}

    public func webSocketClosed(_ client: WebSocketClient, error: ClientError?) {
        guard let error else { return end(nil) }
        lost(error)
    }
}
