import DequeModule

/// The publishes under way, found by receipt without a dictionary: receipts are consecutive, answers nearly in order.
struct PendingPublishes {
    private var items: Deque<PendingPublish> = []
    /// The receipt of `items.first`.
    private var first: UInt64 = 0

    var isEmpty: Bool { items.isEmpty }

    /// Adds a publish; the receipt to give to the broker.
    mutating func add(_ origin: PendingPublish.Origin) -> UInt64 {
        items.append(PendingPublish(origin: origin))
        return first + UInt64(items.count - 1)
    }

    /// Takes the publish with this receipt; `nil` if it was answered before.
    mutating func take(_ receipt: UInt64) -> PendingPublish.Origin? {
        guard receipt >= first, receipt - first < UInt64(items.count) else { return nil }
        let index = Int(receipt - first)
        guard !items[index].isAnswered else { return nil }
        items[index].isAnswered = true
        let origin = items[index].origin
        while let item = items.first, item.isAnswered {
            items.removeFirst()
            first += 1
        }
        return origin
    }
}
