import Wire

/// Topics by name, found from bytes without making a key: open addressing over a slab of records.
///
/// Hashing is `Hasher`'s, seeded per process, so that nobody outside can choose names that collide.
struct TopicTable {
    struct Record {
        var topic: Topic
        var hash: Int
        /// The first of its subscriber lists, one per format that somebody wants, linked by `SubscriberList.next`.
        var lists = SubscriberList.none
        /// The broker has confirmed the subscription. Until then, what still arrives from an earlier one of the same
        /// name is not delivered.
        var isLive = false
        /// For those who read its messages too slowly.
        var slow = SlowPolicy.close
    }

    static let none = UInt32.max
    private static let free = UInt32.max
    private static let deleted = UInt32.max - 1

    private(set) var count = 0
    private var records: [Record?] = []
    private var freeRecords: [UInt32] = []
    /// Indices into `records`, or `free`, or `deleted`. A power of two long, at most half full.
    private var buckets = [UInt32](repeating: TopicTable.free, count: 16)
    private var used = 0

    static func hash(_ kind: Topic.Kind, _ name: Span<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(kind.rawValue)
        unsafe name.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    subscript(index: UInt32) -> Record {
        get {
            // Indices are handed out by `insert` and dropped at `remove`: a list's topic always exists.
            guard let record = records[Int(index)] else { preconditionFailure("a topic that was removed") }
            return record
        }
        set { records[Int(index)] = newValue }
    }

    func find(_ kind: Topic.Kind, _ name: Span<UInt8>) -> UInt32? {
        let hash = Self.hash(kind, name)
        var bucket = hash & (buckets.count - 1)
        while buckets[bucket] != Self.free {
            let index = buckets[bucket]
            if index != Self.deleted, let record = records[Int(index)], record.hash == hash,
                record.topic.kind == kind, record.topic.name.bytes.span.equals(name)
            {
                return index
            }
            bucket = (bucket + 1) & (buckets.count - 1)
        }
        return nil
    }

    /// Adds a topic that is not there.
    mutating func insert(_ topic: Topic) -> UInt32 {
        if (used + 1) * 2 > buckets.count { rebuild() }
        let hash = Self.hash(topic.kind, topic.name.bytes.span)
        let record = Record(topic: topic, hash: hash)
        let index: UInt32
        if let reused = freeRecords.popLast() {
            index = reused
            records[Int(index)] = record
        } else {
            index = UInt32(records.count)
            records.append(record)
        }
        place(index, hash)
        count += 1
        return index
    }

    var all: [(topic: Topic, index: UInt32)] {
        records.indices.compactMap { index in records[index].map { ($0.topic, UInt32(index)) } }
    }

    /// Marks every topic as not confirmed.
    mutating func suspendAll() {
        for index in records.indices { records[index]?.isLive = false }
    }

    mutating func remove(_ index: UInt32) {
        guard let record = records[Int(index)] else { return }
        var bucket = record.hash & (buckets.count - 1)
        while buckets[bucket] != index { bucket = (bucket + 1) & (buckets.count - 1) }
        buckets[bucket] = Self.deleted
        records[Int(index)] = nil
        freeRecords.append(index)
        count -= 1
    }

    private mutating func place(_ index: UInt32, _ hash: Int) {
        var bucket = hash & (buckets.count - 1)
        while buckets[bucket] != Self.free { bucket = (bucket + 1) & (buckets.count - 1) }
        buckets[bucket] = index
        used += 1
    }

    /// Doubles when half of the buckets hold topics; else only sweeps out the deleted.
    private mutating func rebuild() {
        let size = count * 4 > buckets.count ? buckets.count * 2 : buckets.count
        buckets = [UInt32](repeating: Self.free, count: size)
        used = 0
        for index in records.indices {
            if let record = records[index] { place(UInt32(index), record.hash) }
        }
    }
}
