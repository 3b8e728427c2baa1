import Hub
import Wire

/// Who on one worker wants jobs of one queue, and who has which. Pure; times are the loop's, in milliseconds.
struct QueueRoster {
    /// A place for one job, taken before the job is asked for, so that each gets the lease that its taker wants.
    struct Slot: Equatable {
        let connection: ConnectionID
        let isWaiter: Bool
        let lease: Int64
    }

    private struct Consumer {
        var credit: Int
        var lease: Int64
        /// Unfinished jobs, and when their leases end.
        var held: [JobID: UInt64] = [:]
    }

    /// An HTTP request for one job.
    private struct Waiter {
        let lease: Int64
        let deadline: UInt64
        /// It has been looked for a job since the request came.
        var wasAsked = false
    }

    private var consumers: [ConnectionID: Consumer] = [:]
    /// The keys of `consumers`, in the order in which they take turns.
    private var order: [ConnectionID] = []
    /// Whose turn is next, an index of `order`.
    private var turn = 0
    private var waiters: [ConnectionID: Waiter] = [:]
    /// The keys of `waiters`, oldest first.
    private var line: [ConnectionID] = []
    private var holders: [JobID: ConnectionID] = [:]

    var isEmpty: Bool { consumers.isEmpty && waiters.isEmpty }
    var connections: [ConnectionID] { order }

    /// Somebody wants a job.
    var isHungry: Bool { !waiters.isEmpty || consumers.values.contains { $0.held.count < $0.credit } }

    // MARK: Coming and going

    mutating func work(_ connection: ConnectionID, credit: Int, lease: Int64) {
        if consumers[connection] == nil { order.append(connection) }
        consumers[connection, default: Consumer(credit: credit, lease: lease)].credit = credit
        consumers[connection]?.lease = lease
        forgetIfDone(connection)
    }

    /// - Returns: the jobs that it had.
    mutating func remove(_ connection: ConnectionID) -> [JobID] {
        guard let consumer = consumers.removeValue(forKey: connection) else { return [] }
        if let index = order.firstIndex(of: connection) {
            order.remove(at: index)
            if index < turn { turn -= 1 }
        }
        for id in consumer.held.keys { holders[id] = nil }
        return consumer.held.keys.sorted { ($0.number, $0.attempt) < ($1.number, $1.attempt) }
    }

    mutating func wait(_ connection: ConnectionID, lease: Int64, until deadline: UInt64) {
        guard waiters[connection] == nil else { return }
        waiters[connection] = Waiter(lease: lease, deadline: deadline)
        line.append(connection)
    }

    @discardableResult
    mutating func removeWaiter(_ connection: ConnectionID) -> Bool {
        guard waiters.removeValue(forKey: connection) != nil else { return false }
        line.removeAll { $0 == connection }
        return true
    }

    mutating func removeWaiters() -> [ConnectionID] {
        defer { (waiters, line) = ([:], []) }
        return line
    }

    // MARK: Handing out

    /// Places for the jobs that are wanted now: requests first, then consumers in turn.
    /// - Parameter isReady: whether a consumer can take more now.
    mutating func takeSlots(_ maximum: Int, isReady: (ConnectionID) -> Bool) -> [Slot] {
        var slots: [Slot] = []
        for connection in line.prefix(maximum) {
            guard let waiter = waiters[connection] else { continue }
            waiters[connection]?.wasAsked = true
            slots.append(Slot(connection: connection, isWaiter: true, lease: waiter.lease))
        }
        var hungry: [(connection: ConnectionID, lease: Int64, free: Int)] = []
        for index in order.indices {
            let connection = order[(turn + index) % order.count]
            guard let consumer = consumers[connection], consumer.held.count < consumer.credit,
                isReady(connection)
            else { continue }
            hungry.append((connection, consumer.lease, consumer.credit - consumer.held.count))
        }
        while !hungry.isEmpty, slots.count < maximum {
            for index in hungry.indices where slots.count < maximum {
                slots.append(
                    Slot(connection: hungry[index].connection, isWaiter: false, lease: hungry[index].lease))
                hungry[index].free -= 1
            }
            hungry.removeAll { $0.free == 0 }
        }
        return slots
    }

    /// Gives a job to the taker of a slot; false if that does not want it any more.
    mutating func give(_ id: JobID, to slot: Slot, now: UInt64) -> Bool {
        if slot.isWaiter { return removeWaiter(slot.connection) }
        guard let consumer = consumers[slot.connection], consumer.held.count < consumer.credit else {
            return false
        }
        hold(id, slot.connection, until: now + UInt64(slot.lease))
        if let index = order.firstIndex(of: slot.connection) { turn = (index + 1) % order.count }
        return true
    }

    /// Takes out the requests that have been looked for, and whose time is up.
    mutating func takeExpiredWaiters(now: UInt64) -> [ConnectionID] {
        let expired = line.filter { connection in
            waiters[connection].map { $0.wasAsked && $0.deadline <= now } ?? true
        }
        for connection in expired { removeWaiter(connection) }
        return expired
    }

    // MARK: Held jobs

    func hasJobs(_ connection: ConnectionID) -> Bool { consumers[connection]?.held.isEmpty == false }

    func holder(of id: JobID) -> ConnectionID? { holders[id] }

    /// When the lease ends of a job that is held here.
    func leaseEnd(of id: JobID) -> UInt64? { holders[id].flatMap { consumers[$0]?.held[id] } }

    mutating func hold(_ id: JobID, _ connection: ConnectionID, until end: UInt64) {
        guard consumers[connection] != nil else { return }
        consumers[connection]?.held[id] = end
        holders[id] = connection
    }

    /// A job is nobody's any more; whose it was.
    @discardableResult
    mutating func drop(_ id: JobID) -> ConnectionID? {
        guard let connection = holders.removeValue(forKey: id) else { return nil }
        consumers[connection]?.held[id] = nil
        forgetIfDone(connection)
        return connection
    }

    /// Drops the jobs whose leases have ended; whether there were any.
    mutating func dropEnded(now: UInt64) -> Bool {
        let ended = holders.keys.filter { id in (leaseEnd(of: id) ?? 0) <= now }
        for id in ended { drop(id) }
        return !ended.isEmpty
    }

    /// A consumer that takes no new jobs and has no old ones is none.
    private mutating func forgetIfDone(_ connection: ConnectionID) {
        guard let consumer = consumers[connection], consumer.credit == 0, consumer.held.isEmpty else {
            return
        }
        _ = remove(connection)
    }
}
