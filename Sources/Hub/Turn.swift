/// What one loop turn has gathered: batches of frames, and who is owed which range of them.
struct Turn {
    var batches: [Batch] = []
    var entries: [Entry] = []
    /// Slots that have at least one entry, in the order of their first. A slot whose tenant left may stand here too.
    var dirty: [UInt32] = []
    /// Lists with a batch. One that is gone, or whose slot another list has now, may stand here too.
    var touched: [UInt32] = []
    /// Of the batches whose messages must be told apart, by index.
    var marks: [UInt32: BatchMarks] = [:]
    /// The batch for what goes to single connections: replies, handshakes.
    var direct = SubscriberList.none

    private var pool: [Batch] = []

    private static let largestPooled = 256 * 1024
    private static let pooledBytes = 4 * 1024 * 1024
    private var pooled = 0

    /// Opens an empty batch.
    mutating func open() -> UInt32 {
        let batch = pool.popLast() ?? Batch()
        pooled -= batch.bytes.capacity
        if pool.isEmpty { pooled = 0 }
        batches.append(batch)
        return UInt32(batches.count - 1)
    }

    mutating func add(_ batch: Batch) -> UInt32 {
        batches.append(batch)
        return UInt32(batches.count - 1)
    }

    /// Forgets the turn. Batches that no backlog refers to are used again.
    mutating func reset() {
        while var batch = batches.popLast() {
            guard isKnownUniquelyReferenced(&batch) else {
                batch.trim()
                continue
            }
            guard batch.bytes.capacity <= Self.largestPooled, pooled < Self.pooledBytes else { continue }
            batch.bytes.removeAll(keepingCapacity: true)
            pooled += batch.bytes.capacity
            pool.append(batch)
        }
        entries.removeAll(keepingCapacity: true)
        dirty.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        if !marks.isEmpty { marks.removeAll(keepingCapacity: true) }
        direct = SubscriberList.none
    }
}
