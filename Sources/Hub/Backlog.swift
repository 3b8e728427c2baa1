import DequeModule

/// What waits for a connection whose socket is full.
///
/// Large ranges are kept as references to batches that many connections share. A small range of a large batch is
/// copied instead, so that a connection never holds more than four times its own bytes alive.
struct Backlog {
    struct Item {
        let batch: Batch
        let range: Range<Int>
    }

    private var items: Deque<Item> = []
    /// The batch at the end of `items` that is this connection's own and may grow.
    private var own: Batch?
    /// Bytes waiting.
    private(set) var count = 0

    private static let ownCapacity = 16 * 1024

    var isEmpty: Bool { items.isEmpty }

    mutating func append(_ batch: Batch, _ range: Range<Int>) {
        count += range.count
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

    /// The next range to write.
    mutating func popFirst() -> Item? {
        guard let item = items.popFirst() else { return nil }
        count -= item.range.count
        if items.isEmpty { own = nil }
        return item
    }

    mutating func removeAll() { self = Backlog() }
}
