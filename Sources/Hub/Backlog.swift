import DequeModule

/// What waits for a connection whose socket is full.
///
/// Large ranges are kept as references to batches that many connections share. A small range of a large batch is
/// copied instead, so that a connection never holds more than four times its own bytes alive.
struct Backlog {
    struct Item {
        let batch: Batch
        let range: Range<Int>
        var tag: Tag?
    }

    /// Says of an item that its messages may be dropped, and how.
    struct Tag {
        /// Whose they are: the subscriber list's.
        let serial: UInt64
        let policy: SlowPolicy
        /// The last message of the item, within its batch.
        let newest: Range<Int>
        /// Of the first message that has one; 0 if none has.
        let position: UInt64
        /// `Hub.sequence` of the first message.
        let sequence: UInt64
    }

    private var items: Deque<Item> = []
    /// The batch at the end of `items` that is this connection's own and may grow.
    private var own: Batch?
    /// Bytes waiting.
    private(set) var count = 0

    private static let ownCapacity = 16 * 1024

    var isEmpty: Bool { items.isEmpty }

    mutating func append(_ batch: Batch, _ range: Range<Int>, _ tag: Tag? = nil) {
        count += range.count
        if let tag {
            items.append(Self.item(batch, range, tag))
            own = nil
            return
        }
        if range.count >= batch.bytes.count / 4 {
            items.append(Item(batch: batch, range: range))
            own = nil
            return
        }
        if let own, let last = items.last, own.bytes.count + range.count <= Self.ownCapacity {
            own.bytes.append(contentsOf: batch.bytes[range])
            items[items.count - 1] = Item(batch: own, range: last.range.lowerBound..<own.bytes.count)
        } else {
            let copy = Batch(Array(batch.bytes[range]))
            own = copy
            items.append(Item(batch: copy, range: 0..<copy.bytes.count))
        }
    }

    private static func item(_ batch: Batch, _ range: Range<Int>, _ tag: Tag) -> Item {
        guard range.count < batch.bytes.count / 4 else { return Item(batch: batch, range: range, tag: tag) }
        let newest = tag.newest.lowerBound - range.lowerBound..<tag.newest.upperBound - range.lowerBound
        return Item(
            batch: Batch(Array(batch.bytes[range])), range: 0..<range.count,
            tag: Tag(
                serial: tag.serial, policy: tag.policy, newest: newest, position: tag.position,
                sequence: tag.sequence))
    }

    /// The next range to write.
    mutating func popFirst() -> Item? {
        guard let item = items.popFirst() else { return nil }
        count -= item.range.count
        if items.isEmpty { own = nil }
        return item
    }

    /// Drops what may be dropped.
    /// - Parameter spills: whether the messages of an item can be given again.
    /// - Returns: the lists whose messages are to be given again, and the position of the first for each.
    mutating func relieve(_ spills: (Tag) -> Bool) -> [UInt64: UInt64] {
        var spilled: [UInt64: UInt64] = [:]
        var hasNewest: Set<UInt64> = []
        var kept: Deque<Item> = []
        for item in items.reversed() {
            switch item.tag?.policy {
            case .latest:
                guard let tag = item.tag, hasNewest.insert(tag.serial).inserted else { continue }
                kept.prepend(Self.item(item.batch, tag.newest, tag))
            case .spill:
                guard let tag = item.tag, spills(tag) else {
                    kept.prepend(item)
                    continue
                }
                spilled[tag.serial] = tag.position > 0 ? tag.position : spilled[tag.serial] ?? 0
            case .close, nil:
                kept.prepend(item)
            }
        }
        items = kept
        own = nil
        count = items.reduce(0) { $0 + $1.range.count }
        return spilled
    }

    mutating func removeAll() { self = Backlog() }
}
