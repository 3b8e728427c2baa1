import Wire

/// All histories in memory, and the idempotency keys of all channels. Pure.
///
/// What has expired is not given out, and is swept away when as much again has been added. Together they are bounded in
/// bytes: beyond, whole histories go, those first that would end first.
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
    /// Bytes of all histories.
    private(set) var size = 0
    private let maximumSize: Int

    private static let leastStores = 1024

    /// - Parameter maximumSize: bytes that all histories may take, but for the last that was published to.
    init(maximumSize: Int = 256 << 20) { self.maximumSize = maximumSize }

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
            // Held once, so that appending does not copy it.
            histories[channel] = nil
            size -= history.size
            if history.expiry <= now { history = MemoryHistory(epoch: MessageID.makeEpoch()) }
            let newID = MessageID(offset: history.newest + 1, epoch: history.epoch)
            var stored: [UInt8] = []
            stored.reserveCapacity(message.count + 48)
            MessageEncoder.append(message.span, id: newID, at: request.idPosition, to: &stored)
            history.append(stored, rule, timeToLive: request.timeToLive, now: now)
            size += history.size
            if size > maximumSize { evict(to: maximumSize / 4 * 3) }
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

    private mutating func evict(to wanted: Int) {
        for (channel, history) in histories.sorted(by: { $0.value.expiry < $1.value.expiry })
        where size > wanted {
            histories[channel] = nil
            size -= history.size
        }
    }

    private mutating func sweepIfDue(_ now: Int64) {
        storesUntilSweep -= 1
        guard storesUntilSweep <= 0 else { return }
        histories = histories.filter { $0.value.expiry > now }
        size = histories.values.reduce(0) { $0 + $1.size }
        keys = keys.filter { $0.value.expiry > now }
        storesUntilSweep = max(Self.leastStores, histories.count + keys.count)
    }
}
