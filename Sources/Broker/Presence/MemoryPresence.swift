import Wire

/// Who is in one channel, in memory. Pure; every method takes back first what dead workers had said.
struct MemoryPresence {
    private struct Worker {
        var connections: [UserName?: Int] = [:]
        /// When it is held to be dead.
        var expiry: Int64 = 0
    }

    private var workers: [String: Worker] = [:]
    private var totals: [UserName?: Int] = [:]

    var isEmpty: Bool { workers.isEmpty }

    /// - Returns: whether the worker was known, and what is to be signalled.
    mutating func update(_ update: PresenceUpdate, now: Int64) -> (isKnown: Bool, signals: [PresenceSignal]) {
        var signals = expire(now)
        let isKnown = workers[update.worker] != nil
        var worker = workers.removeValue(forKey: update.worker) ?? Worker()
        var changes = update.connections
        if update.isWhole {
            for user in worker.connections.keys where changes[user] == nil { changes[user] = 0 }
        }
        for (user, count) in changes {
            change(user, by: count - (worker.connections[user] ?? 0), &signals)
            worker.connections[user] = count > 0 ? count : nil
        }
        worker.expiry = now + update.timeToLive
        if !worker.connections.isEmpty { workers[update.worker] = worker }
        return (isKnown, signals)
    }

    /// - Returns: who is there, and what is to be signalled.
    mutating func read(now: Int64) -> (list: PresenceList, signals: [PresenceSignal]) {
        let signals = expire(now)
        let users = totals.lazy.prefix(PresenceList.maximumCount).map {
            PresentUser(user: $0.key, connections: $0.value)
        }
        let list = PresenceList(users: Array(users), hasMore: totals.count > PresenceList.maximumCount)
        return (list, signals)
    }

    private mutating func expire(_ now: Int64) -> [PresenceSignal] {
        var signals: [PresenceSignal] = []
        for (name, worker) in workers where worker.expiry <= now {
            for (user, count) in worker.connections { change(user, by: -count, &signals) }
            workers[name] = nil
        }
        return signals
    }

    private mutating func change(_ user: UserName?, by difference: Int, _ signals: inout [PresenceSignal]) {
        let before = totals[user] ?? 0
        let after = before + difference
        totals[user] = after > 0 ? after : nil
        guard let user else { return }
        if before <= 0, after > 0 { signals.append(.joined(user)) }
        if before > 0, after <= 0 { signals.append(.left(user)) }
    }
}
