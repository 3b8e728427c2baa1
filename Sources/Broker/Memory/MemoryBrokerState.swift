import Wire

/// Who is subscribed to what, and what waits for whom: all that the broker's lock protects.
struct MemoryBrokerState {
    /// By port; `nil` once that is closed.
    private var inboxes: [MemoryBrokerInbox?] = []
    /// The ports that want a channel, in the order in which they asked.
    private var channels: [ChannelName: [Int]] = [:]
    /// The same for patterns.
    private var patterns: [ChannelName: [Int]] = [:]
    /// The ports that wait for `drained`.
    private var paused: [Int] = []
    var histories = MemoryHistories()
    var queues = MemoryQueues()
    var presences: [ChannelName: MemoryPresence] = [:]
    var userInboxes = MemoryInboxes()

    mutating func addPort(wake: @escaping @Sendable () -> Void) -> Int {
        inboxes.append(MemoryBrokerInbox(wake: wake))
        return inboxes.count - 1
    }

    /// Gives a message to every topic that it matches, and `port` its receipt.
    /// - Returns: whether `port` should pause; it gets `drained` when it may go on.
    mutating func publish(
        _ payload: [UInt8], to channel: ChannelName?, store: StoreRequest?, now: Int64, from port: Int,
        receipt: UInt64, maximum: Int
    ) -> Bool {
        var fullest = inboxes[port]?.count ?? 0
        if let channel {
            forEachReceiver(of: channel) { state, receiver, _, _ in
                fullest = max(fullest, state.inboxes[receiver]?.count ?? 0)
            }
        }
        let isOverloaded = fullest + payload.count + MemoryBrokerInbox.overhead > maximum
        let outcome =
            isOverloaded ? .failed(.overloaded) : deliver(payload, to: channel, store: store, now: now)
        inboxes[port]?.append(.published(receipt: receipt, outcome: outcome))
        guard fullest > maximum / 4 else { return false }
        if !paused.contains(port) { paused.append(port) }
        return true
    }

    private mutating func deliver(
        _ payload: [UInt8], to channel: ChannelName?, store: StoreRequest?, now: Int64
    ) -> PublishOutcome {
        guard let channel else { return .accepted }
        var payload = payload
        var outcome = PublishOutcome.accepted
        if let store {
            switch histories.store(payload, in: channel, store, now: now) {
            case .duplicate(let id): return id.map { .stored($0) } ?? .accepted
            case .unstored: break
            case .stored(let id, let message):
                payload = message
                outcome = .stored(id)
            }
        }
        forEachReceiver(of: channel) { state, receiver, kind, name in
            state.inboxes[receiver]?.append(
                .message(kind: kind, name: name, channel: channel.bytes, payload: payload),
                payloadBytes: payload.count)
        }
        return outcome
    }

    /// Tells every port that listens to a signal.
    mutating func signal(_ payload: [UInt8], on topic: Topic) {
        let name = topic.name.bytes
        for port in channels[topic.name] ?? [] {
            inboxes[port]?.append(
                .message(kind: .channel, name: name, channel: name, payload: payload),
                payloadBytes: payload.count)
        }
    }

    private mutating func forEachReceiver(
        of channel: ChannelName,
        _ body: (inout MemoryBrokerState, _ port: Int, Topic.Kind, _ name: [UInt8]) -> Void
    ) {
        if let ports = channels[channel] {
            for port in ports { body(&self, port, .channel, channel.bytes) }
        }
        guard !patterns.isEmpty else { return }
        for (pattern, ports) in patterns where GlobPattern.matches(pattern.bytes.span, channel.bytes.span) {
            for port in ports { body(&self, port, .pattern, pattern.bytes) }
        }
    }

    /// Subscribes; what is published from now on arrives, after the confirmation. Not twice for one topic.
    mutating func add(_ port: Int, to topic: Topic, request: UInt64) {
        switch topic.kind {
        case .channel: channels[topic.name, default: []].append(port)
        case .pattern: patterns[topic.name, default: []].append(port)
        }
        inboxes[port]?.append(.subscribed(topic, request: request))
    }

    mutating func remove(_ port: Int, from topic: Topic) {
        switch topic.kind {
        case .channel: Self.remove(port, topic.name, &channels)
        case .pattern: Self.remove(port, topic.name, &patterns)
        }
    }

    private static func remove(_ port: Int, _ name: ChannelName, _ table: inout [ChannelName: [Int]]) {
        table[name]?.removeAll { $0 == port }
        if table[name]?.isEmpty == true { table[name] = nil }
    }

    /// Empties a port's inbox into `deliveries`, and lets paused publishers go on once no inbox is congested.
    mutating func take(_ port: Int, into deliveries: inout [MemoryBrokerInbox.Delivery], maximum: Int) {
        inboxes[port]?.take(into: &deliveries)
        resumeIfDrained(maximum: maximum)
    }

    mutating func close(_ port: Int, maximum: Int) {
        inboxes[port] = nil
        paused.removeAll { $0 == port }
        resumeIfDrained(maximum: maximum)
    }

    private mutating func resumeIfDrained(maximum: Int) {
        guard !paused.isEmpty, inboxes.allSatisfy({ ($0?.count ?? 0) <= maximum / 8 }) else { return }
        for port in paused { inboxes[port]?.append(.drained) }
        paused = []
    }
}
