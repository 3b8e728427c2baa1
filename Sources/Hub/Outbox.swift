/// What one connection is owed in this turn, and whether its socket can take it. A dense record; the hot path
/// touches nothing else of a connection.
struct Outbox {
    /// The first and last of this turn's entries, indices into `Turn.entries`.
    var head = Entry.none
    var tail = Entry.none

    /// The socket is full: what it is owed goes to its backlog until it is writable again.
    var isBlocked = false
    /// Its backlog went over the limit and was dropped; nothing more is kept for it but its close frame.
    var hasOverflowed = false
    var isConnected = false

    var generation: UInt32 = 0
    /// The most bytes the backlog may hold.
    var limit = Int.max

    /// The first of its subscriptions, an index into the hub's slab, or `Subscription.none`.
    var subscriptions = Subscription.none
    var subscriptionCount: UInt32 = 0
}

/// A range of one of this turn's batches, owed to one connection.
struct Entry {
    static let none = UInt32.max
    /// The `end` of an entry that grows with its batch.
    static let open = UInt32.max

    let batch: UInt32
    let start: UInt32
    var end: UInt32
    var next = Entry.none
}
