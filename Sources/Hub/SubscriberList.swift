/// The subscribers of one topic that want one format: the unit of fan-out.
struct SubscriberList {
    struct Member {
        let connection: UInt32
        let subscription: UInt32
    }

    static let none = UInt32.max

    let topic: UInt32
    let format: WireFormat
    /// The topic's next list.
    var next = SubscriberList.none
    var members: [Member] = []
    /// No other list, of now or before, has it.
    let serial: UInt64
    /// What becomes of messages that wait for too long, if something does: where it is known of each where it begins.
    var slow: SlowPolicy?
    /// The batch this turn's frames for these subscribers go to, an index into `Turn.batches`.
    var batch = SubscriberList.none
}

/// One connection's interest in one topic, part of a linked list through the connection's subscriptions.
struct Subscription {
    static let none = UInt32.max

    var connection: UInt32
    var list: UInt32
    /// Its place in the list's `members`.
    var index: UInt32
    /// Which of the connection's views of the topic it is.
    let view: UInt8
    /// What was handed in before is not its own: `Hub.sequence` when it joined its list.
    var since: UInt64
    var next: UInt32
}
