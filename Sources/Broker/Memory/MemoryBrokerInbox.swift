import Wire

/// What waits for one port until it drains.
struct MemoryBrokerInbox {
    enum Delivery {
        case message(kind: Topic.Kind, name: [UInt8], channel: [UInt8], payload: [UInt8])
        /// `request` tells which `subscribe` is meant; there may have been an `unsubscribe` since.
        case subscribed(Topic, request: UInt64)
        case published(receipt: UInt64, outcome: PublishOutcome)
        /// No port is congested any more.
        case drained
    }

    /// What a delivery takes besides its payload: empty messages fill an inbox too.
    static let overhead = 128

    private(set) var deliveries: [Delivery] = []
    /// Payloads and overhead, in bytes.
    private(set) var count = 0
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    mutating func append(_ delivery: Delivery, payloadBytes: Int = 0) {
        deliveries.append(delivery)
        count += payloadBytes + Self.overhead
        if deliveries.count == 1 { wake() }
    }

    /// Empties the inbox into `taken`, whose memory it goes on with.
    mutating func take(into taken: inout [Delivery]) {
        swap(&deliveries, &taken)
        count = 0
    }
}
