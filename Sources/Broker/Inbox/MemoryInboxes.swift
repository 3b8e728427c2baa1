import Wire

/// All inboxes in memory, and the idempotency keys of their notifications. Pure.
///
/// What has expired is not given out, and is swept away when as much again has been asked for.
struct MemoryInboxes {
    private struct Key: Hashable {
        let user: UserName
        let key: [UInt8]
    }

    private struct KeyRecord {
        let id: MessageID
        let expiry: Int64
    }

    private var inboxes: [UserName: MemoryInbox] = [:]
    private var keys: [Key: KeyRecord] = [:]
    private var operationsUntilSweep = MemoryInboxes.leastOperations

    private static let leastOperations = 1024

    var count: Int { inboxes.count }

    /// - Returns: the id, and what is to be signalled unless the notification was there before.
    mutating func notify(_ request: NotifyRequest, now: Int64) -> (id: MessageID, signal: InboxSignal?) {
        sweepIfDue(now)
        let key = request.idempotencyKey.map { Key(user: request.user, key: $0) }
        if let key, let record = keys[key], record.expiry > now { return (record.id, nil) }
        let (id, notification) = change(request.user, request.rule, now) { $0.append(request, now: now) }
        if let key { keys[key] = KeyRecord(id: id, expiry: now + StoreRequest.keyLifetime) }
        return (id, .added(id, notification))
    }

    mutating func read(_ request: InboxRequest, now: Int64) -> InboxPage {
        sweepIfDue(now)
        return change(request.user, request.rule, now) { $0.page(request, now: now) }
    }

    /// - Returns: the device's mark, `nil` for an id that was not given out, and what is to be signalled.
    mutating func acknowledge(
        _ request: AcknowledgeRequest, now: Int64
    ) -> (mark: InboxMark?, signal: InboxSignal?) {
        guard let inbox = inboxes[request.user], inbox.expiry > now else { return (nil, nil) }
        let outcome = change(request.user, request.rule, now) { $0.acknowledge(request, now: now) }
        return (outcome?.mark, outcome?.moved.map { .read($0, origin: request.origin) })
    }

    private mutating func change<Outcome>(
        _ user: UserName, _ rule: InboxRule, _ now: Int64, _ body: (inout MemoryInbox) -> Outcome
    ) -> Outcome {
        // Taken out, so that it is held once and changed without a copy.
        let found = inboxes.removeValue(forKey: user).flatMap { $0.expiry > now ? $0 : nil }
        var inbox = found ?? MemoryInbox(epoch: MessageID.makeEpoch())
        inbox.advance(to: now, rule)
        let outcome = body(&inbox)
        inboxes[user] = inbox
        return outcome
    }

    private mutating func sweepIfDue(_ now: Int64) {
        operationsUntilSweep -= 1
        guard operationsUntilSweep <= 0 else { return }
        inboxes = inboxes.filter { $0.value.expiry > now }
        keys = keys.filter { $0.value.expiry > now }
        operationsUntilSweep = max(Self.leastOperations, inboxes.count + keys.count)
    }
}
