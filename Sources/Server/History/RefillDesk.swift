import EventLoop
import Front
import Hub
import Wire

/// Subscribers that read too slowly on channels whose rule says `slow: spill`. Confined to its worker's thread.
///
/// A connection is given one channel after the other, so that its pages do not add up.
final class RefillDesk {
    private unowned let worker: Worker
    private var refills: [ConnectionID: [Refill]] = [:]
    /// What to go on with in the next turn, when it is known what the sockets have taken.
    private var ready: [Refill] = []
    private var timer: LoopTimer?

    init(worker: Worker, on loop: EventLoop) {
        self.worker = worker
        timer = LoopTimer(on: loop) { [unowned self] in proceed() }
    }

    func close() { timer?.close() }

    // MARK: Subscriptions

    func add(_ spilled: SpilledSubscription) {
        // It may have been closed, or have unsubscribed, in the same turn.
        guard worker.front.hub.isConnected(spilled.connection),
            worker.front.hub.isSubscribed(spilled.connection.slot, to: spilled.topic, view: spilled.view)
        else { return }
        let since = worker.feeds.feed(of: spilled.topic)?.id(before: spilled.position)
        let refill = Refill(spilled, since: since, worker: worker)
        refills[spilled.connection, default: []].append(refill)
        look(refill)
    }

    func refill(_ connection: ConnectionID, _ topic: Topic, view: UInt8) -> Refill? {
        refills[connection]?.first { $0.topic == topic && $0.view == view }
    }

    /// The connection has unsubscribed.
    func forget(_ connection: ConnectionID, _ topic: Topic, view: UInt8) {
        guard !refills.isEmpty, let refill = refill(connection, topic, view: view) else { return }
        refill.end()
        finished(refill)
    }

    func closed(_ connection: ConnectionID) {
        for refill in refills.removeValue(forKey: connection) ?? [] { refill.end() }
    }

    /// The client has gone over to another connection. True if it is being refilled there; its subscription must be held.
    func move(
        _ topic: Topic, view: UInt8, from old: ConnectionID, to new: ConnectionID, as format: WireFormat
    ) -> Bool {
        guard let refill = refill(old, topic, view: view) else { return false }
        remove(refill)
        refill.connection = new
        refill.format = format
        refills[new, default: []].append(refill)
        look(refill)
        return true
    }

    // MARK: Going on

    /// The connection has taken all that waited for it.
    func drained(_ connection: ConnectionID) {
        if let refill = refills[connection]?.first { look(refill) }
    }

    /// The broker may answer again.
    func retry() {
        for refills in refills.values { if let first = refills.first { look(first) } }
    }

    /// Goes on with it in the next turn, if its connection has taken all by then.
    func look(_ refill: Refill) {
        if ready.isEmpty { timer?.start(after: 1) }
        ready.append(refill)
    }

    func finished(_ refill: Refill) {
        remove(refill)
        if let next = refills[refill.connection]?.first { look(next) }
    }

    private func remove(_ refill: Refill) {
        refills[refill.connection]?.removeAll { $0 === refill }
        if refills[refill.connection]?.isEmpty == true { refills[refill.connection] = nil }
    }

    private func proceed() {
        let refills = ready
        ready = []
        for refill in refills
        where refill === self.refills[refill.connection]?.first
            && worker.front.hasTakenAll(refill.connection)
        {
            refill.proceed()
        }
    }
}
