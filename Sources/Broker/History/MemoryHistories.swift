import Wire

/// All histories in memory, and the idempotency keys of all channels. Pure.
///
/// What has expired is not given out, and is swept away when as much again has been added.
struct MemoryHistories {
    /// What storing a message came to.
    enum Stored {
        /// A message with this key has been published before, and got this id, if any.
        case duplicate(MessageID?)
        /// Nothing is kept of it but its key.
        case unstored
        /// `message` has its id in it.
        case stored(MessageID, message: [UInt8])
    }

    private struct Key: Hashable {
        let channel: ChannelName
        let key: [UInt8]
    }

    private struct KeyRecord {
        let id: MessageID?
        let expiry: Int64
    }

    private var histories: [ChannelName: MemoryHistory] = [:]
    private var keys: [Key: KeyRecord] = [:]
    private var storesUntilSweep = MemoryHistories.leastStores

    private static let leastStores = 1024

    mutating func store(
        _ message: [UInt8], in channel: ChannelName, _ request: StoreRequest, now: Int64
    ) -> Stored {
        sweepIfDue(now)
        let key = request.idempotencyKey.map { Key(channel: channel, key: $0) }
        if let key, let record = keys[key], record.expiry > now { return .duplicate(record.id) }
        var outcome = Stored.unstored
        var id: MessageID?
        if let rule = request.rule {
            var history = histories[channel] ?? MemoryHistory(epoch: MessageID.makeEpoch())
            if history.expiry <= now { history = MemoryHistory(epoch: MessageID.makeEpoch()) }
            // Held once, so that appending does not copy it.
            histories[channel] = nil
            let newID = MessageID(offset: history.newest + 1, epoch: history.epoch)
            var stored: [UInt8] = []
            stored.reserveCapacity(message.count + 48)
            MessageEncoder.append(message.span, id: newID, at: request.idPosition, to: &stored)
            history.append(stored, rule, timeToLive: request.timeToLive, now: now)
            histories[channel] = history
            id = newID
            outcome = .stored(newID, message: stored)
        }
        if let key { keys[key] = KeyRecord(id: id, expiry: now + StoreRequest.keyLifetime) }
        return outcome
    }

    func read(_ request: HistoryRequest, now: Int64) -> HistoryPage {
        guard let history = histories[request.channel], history.expiry > now else { return .empty }
        return history.read(request, now: now)
    }

    mutating func renew(_ channel: ChannelName, epoch: String) {
        if histories[channel]?.epoch == epoch { histories[channel]?.renew() }
    }

    private mutating func sweepIfDue(_ now: Int64) {
        storesUntilSweep -= 1
        guard storesUntilSweep <= 0 else { return }
        histories = histories.filter { $0.value.expiry > now }
        keys = keys.filter { $0.value.expiry > now }
        storesUntilSweep = max(Self.leastStores, histories.count + keys.count)
    }
}
