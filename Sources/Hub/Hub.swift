import Wire

/// The fan-out of one worker: who subscribes to what, and what each connection is owed. Pure: it knows no socket,
/// no clock and no broker; its owner moves the bytes.
///
/// How it is fast. A message's frame is appended once to the batch of its subscriber list; each subscriber gets an
/// entry, a range of that batch, which stays open and grows with it. As long as messages for the same list follow
/// one another, a further message costs nothing per subscriber. At the end of the turn a connection with one entry
/// sends that range of the shared batch as it is; with several, they are gathered into one write. What each
/// connection gets is in the order in which it was handed in, over all its channels.
///
/// Confined to its worker's thread.
public struct Hub: ~Copyable {
    var outboxes: [Outbox] = []
    var freeSlots: [UInt32] = []
    var backlogs: [UInt32: Backlog] = [:]

    var topics = TopicTable()
    var lists: [SubscriberList] = []
    /// How many lists there have been.
    var listSerial: UInt64 = 0
    var freeLists: [UInt32] = []
    var subscriptions: [Subscription] = []
    var freeSubscriptions: [UInt32] = []

    var turn = Turn()
    /// The list to which the last append went, when since then nothing has happened that gives one of its
    /// members another entry or adds a member: all of them have an open entry on its batch.
    var current = SubscriberList.none
    /// How far `nextWrite` has come in `turn.dirty`.
    var flushed = 0
    /// How many messages have been handed in that can be told apart later.
    var sequence: UInt64 = 0
    /// What `nextSpilled` has not told yet.
    var spilled: [SpilledSubscription] = []
    /// What several entries are gathered into.
    let scratch = Batch()

    /// A batch that has reached this many bytes is followed by a new one, so that writes stay moderate.
    static let batchSize = 256 * 1024
    /// Entries are gathered up to about this many bytes a write; larger ones go by themselves, uncopied.
    static let gatherSize = 64 * 1024

    public init() {}

    public var topicCount: Int { topics.count }
    public var connectionCount: Int { outboxes.count - freeSlots.count }

    // MARK: Connections

    /// Adds a connection. Its backlog is unlimited until `setLimit`.
    public mutating func connect() -> ConnectionID {
        let slot: UInt32
        if let reused = freeSlots.popLast() {
            slot = reused
        } else {
            slot = UInt32(outboxes.count)
            outboxes.append(Outbox())
        }
        outboxes[Int(slot)].isConnected = true
        return ConnectionID(slot: slot, generation: outboxes[Int(slot)].generation)
    }

    public func isConnected(_ id: ConnectionID) -> Bool {
        outboxes[Int(id.slot)].generation == id.generation && outboxes[Int(id.slot)].isConnected
    }

    /// Who has the slot now.
    public func id(of slot: UInt32) -> ConnectionID {
        ConnectionID(slot: slot, generation: outboxes[Int(slot)].generation)
    }

    /// The most bytes that may wait for the connection; beyond, it overflows.
    public mutating func setLimit(_ bytes: Int, slot: UInt32) { outboxes[Int(slot)].limit = bytes }

    /// Forgets a connection and all it was owed. `orphaned` hears each topic that has no subscriber left.
    public mutating func disconnect(_ slot: UInt32, orphaned: (Topic) -> Void) {
        unsubscribeAll(slot, orphaned: orphaned)
        backlogs[slot] = nil
        outboxes[Int(slot)] = Outbox(generation: outboxes[Int(slot)].generation &+ 1)
        freeSlots.append(slot)
    }
}
