import Broker
import EventLoop
import Front
import Hub
import Logging
import Wire

/// One worker's consumers of work queues: asks the broker for as many jobs as they take, and gives back what a client
/// that is gone had. Confined to its worker's thread.
///
/// Jobs are looked for when somebody wants one and something says that there may be one: a signal of another worker,
/// `awaitJob` for what other programs push, a lease that ends; and once a second besides.
final class QueueDesk {
    unowned let worker: Worker
    private(set) var rules: QueueRules
    var queues: [QueueName: ServedQueue] = [:]
    private var byTopic: [Topic: ServedQueue] = [:]
    /// Which queues a connection consumes from.
    private var consumed: [ConnectionID: Set<QueueName>] = [:]
    /// For which queue a request waits.
    var awaited: [ConnectionID: QueueName] = [:]
    /// Queues to look at when the turn ends.
    private var wanted: [ServedQueue] = []
    /// What clients have finished in this turn.
    var finished: [QueueName: [FinishedJob]] = [:]
    private var ticker: LoopTimer?
    private(set) var isStopped = false
    /// Calls without an answer that jobs would stay leased without.
    var unsettled = 0
    let logger = Logger(label: "roost.queues")

    /// Milliseconds.
    private static let tick: UInt64 = 250
    static let linger: UInt64 = 5_000
    /// With more queues than this, none is kept that nobody takes jobs from, although leases of it will end.
    private static let maximumIdle = 1_000

    init(worker: Worker) {
        self.worker = worker
        rules = QueueRules(worker.settings.queues)
    }

    func replace(_ rules: [Settings.QueueRule]) {
        self.rules = QueueRules(rules)
        for (queue, served) in queues { served.rule = self.rules.rule(for: queue) }
    }

    /// Nothing is under way that jobs depend on.
    var isSettled: Bool { unsettled == 0 }

    /// What somebody is told who named a lease that has ended.
    static func lost(_ id: JobID) -> String {
        "the lease \(id) has ended: the job is done, or was given back and may be somebody else's now"
    }

    // MARK: Clients

    /// A connection takes up to `credit` unfinished jobs at a time.
    func work(_ connection: ConnectionID, _ queue: QueueName, credit: Int, lease: Int64?) throws(NativeError)
    {
        let maximum = worker.settings.maximumSubscriptions
        guard consumed[connection]?.contains(queue) == true || consumed[connection]?.count ?? 0 < maximum
        else {
            throw NativeError(
                .limitExceeded, .subscriptionsPerConnection,
                "a connection may take jobs from at most \(maximum) queues")
        }
        let served = serve(queue)
        served.problem = nil
        consumed[connection, default: []].insert(queue)
        served.roster.work(connection, credit: credit, lease: lease ?? served.rule.leaseMilliseconds)
        want(served)
    }

    /// A request waits for one job, until `deadline` of the loop's time.
    func wait(_ connection: ConnectionID, _ queue: QueueName, lease: Int64?, until deadline: UInt64) {
        guard !isStopped else { return worker.front.respond(to: connection, HTTPResponse(.noContent)) }
        let served = serve(queue)
        awaited[connection] = queue
        served.roster.wait(connection, lease: lease ?? served.rule.leaseMilliseconds, until: deadline)
        want(served)
    }

    /// Its socket was full: it may have missed its turn.
    func connectionDrained(_ connection: ConnectionID) {
        for queue in consumed[connection] ?? [] {
            if let served = queues[queue], served.hasSlowConsumer { want(served) }
        }
    }

    /// What it had is given back at once.
    func connectionClosed(_ connection: ConnectionID) {
        for queue in consumed.removeValue(forKey: connection) ?? [] {
            guard let served = queues[queue] else { continue }
            giveBack(served.roster.remove(connection), .release, served)
            served.lingersUntil = worker.loop.now + Self.linger
        }
    }

    /// Those that it takes jobs from.
    func queues(of connection: ConnectionID) -> Set<QueueName> { consumed[connection] ?? [] }

    /// A connection gets no more jobs of a queue; what it has is given back at once.
    func stopWorking(_ connection: ConnectionID, _ queue: QueueName) {
        guard consumed[connection]?.remove(queue) != nil, let served = queues[queue] else { return }
        giveBack(served.roster.remove(connection), .release, served)
        served.lingersUntil = worker.loop.now + Self.linger
    }

    func requestAbandoned(by connection: ConnectionID) { forgetRequest(connection) }

    private func forgetRequest(_ connection: ConnectionID) {
        guard let queue = awaited.removeValue(forKey: connection), let served = queues[queue] else { return }
        served.roster.removeWaiter(connection)
        served.lingersUntil = worker.loop.now + Self.linger
    }

    private func serve(_ queue: QueueName) -> ServedQueue {
        if let served = queues[queue] { return served }
        let served = ServedQueue(queue, rules.rule(for: queue))
        queues[queue] = served
        byTopic[served.topic] = served
        worker.signals.listen(to: served.topic, self)
        if ticker == nil {
            let ticker = LoopTimer(on: worker.loop) { [unowned self] in look() }
            ticker.start(after: Self.tick, every: Self.tick)
            self.ticker = ticker
        }
        return served
    }

    private func forget(_ served: ServedQueue) {
        queues[served.name] = nil
        byTopic[served.topic] = nil
        worker.signals.ignore(served.topic, self)
        worker.broker.ignoreJobs(in: served.name)
        guard queues.isEmpty else { return }
        ticker?.close()
        ticker = nil
    }

    // MARK: Looking for jobs

    func want(_ served: ServedQueue) {
        guard !served.wantsLook else { return }
        served.wantsLook = true
        wanted.append(served)
    }

    /// At the end of each turn, before the broker sends what it was asked for.
    func endTurn() {
        sendFinished()
        guard !wanted.isEmpty else { return }
        let queues = wanted
        wanted = []
        for served in queues {
            served.wantsLook = false
            if served.isLeasing { want(served) } else { lease(served) }
        }
        // Those are looked at again when they have their answer, which is a turn of its own.
    }

    // MARK: Giving back

    func giveBack(_ ids: [JobID], _ change: LeaseChange, _ served: ServedQueue) {
        guard !ids.isEmpty else { return }
        unsettled += 1
        worker.broker.change(ids, of: served.name, change, attempts: served.rule.attempts) { [self] result in
            unsettled -= 1
            switch result {
            case .failure(.unavailable), .failure(.overloaded): served.owed += ids.map { ($0, change) }
            case .failure(.refused), .success: break
            }
        }
    }

    private func settle(_ served: ServedQueue) {
        let owed = served.owed
        served.owed = []
        for change in [LeaseChange.release, .undo] {
            giveBack(owed.filter { $0.change == change }.map(\.id), change, served)
        }
    }

    // MARK: Time

    private func look() {
        let now = worker.loop.now
        for served in queues.values {
            if !served.owed.isEmpty, worker.broker.status == .ready { settle(served) }
            let hasRoom = served.roster.dropEnded(now: now)
            if !served.isLeasing { expireWaiters(served, now) }
            let isDue = served.nextLook <= now || served.dueAt.map { $0 <= now } ?? false
            if hasRoom || isDue { want(served) }
            guard served.isIdle else { continue }
            let isWorthKeeping = served.lingersUntil > now || served.dueAt != nil
            if !isWorthKeeping || queues.count > Self.maximumIdle { forget(served) }
        }
    }

    /// Hands out no more jobs. Those that are out may be finished.
    func drain() {
        isStopped = true
        for served in queues.values {
            for connection in served.roster.removeWaiters() {
                awaited[connection] = nil
                worker.front.respond(to: connection, HTTPResponse(.noContent))
            }
        }
    }

    /// Whether a connection has jobs to finish.
    func isBusy(_ connection: ConnectionID) -> Bool {
        (consumed[connection] ?? []).contains { queues[$0]?.roster.hasJobs(connection) == true }
    }

    /// Gives everything back.
    func stop() {
        drain()
        for served in queues.values {
            for connection in served.roster.connections {
                giveBack(served.roster.remove(connection), .release, served)
            }
        }
    }

    func close() {
        ticker?.close()
        ticker = nil
    }
}

extension QueueDesk: SignalListener {
    /// Something can be leased; or, with a payload, a job is over that may be held here.
    func signalled(_ payload: Span<UInt8>, on topic: Topic) {
        guard let served = byTopic[topic] else { return }
        if let id = JobID(payload) { served.roster.drop(id) }
        want(served)
    }

    func signalsLive(_ topic: Topic) {
        if let served = byTopic[topic] { want(served) }
    }
}
