import Hub
import Wire

/// A hub and the sockets of its connections, played: they note what is written and are full when told so.
final class TestHub {
    struct Write: Equatable {
        let slot: UInt32
        /// Which batch; to be compared within one turn only.
        let batch: ObjectIdentifier
        let range: Range<Int>
    }

    var hub = Hub()
    /// The writes of the last turn.
    private(set) var writes: [Write] = []
    /// All bytes that a socket has taken, by slot.
    private(set) var received: [UInt32: [UInt8]] = [:]
    /// Slots that overflowed in the last turn.
    private(set) var overflows: [UInt32] = []
    /// Topics that lost their last subscriber.
    private(set) var orphans: [Topic] = []
    /// Sockets that are full after their next write.
    var full: Set<UInt32> = []
    /// Called in the middle of a flush, after each write.
    var afterWrite: ((UInt32) -> Void)?
    /// Called in the middle of a flush, when a connection has overflowed.
    var afterOverflow: ((UInt32) -> Void)?

    // MARK: Connections

    @discardableResult
    func connect() -> UInt32 { connectID().slot }

    func connectID() -> ConnectionID {
        let id = hub.connect()
        received[id.slot] = []
        full.remove(id.slot)
        return id
    }

    /// A connection that is subscribed to a confirmed channel.
    func subscriber(to channel: String = "chat", as format: WireFormat = .native) throws -> UInt32 {
        let slot = connect()
        let topic = Topic.channel(try ChannelName(validating: channel))
        _ = hub.subscribe(slot, to: topic, as: format)
        confirm(topic)
        return slot
    }

    func disconnect(_ slot: UInt32) { hub.disconnect(slot) { orphans.append($0) } }

    func unsubscribeAll(_ slot: UInt32) { hub.unsubscribeAll(slot) { orphans.append($0) } }

    @discardableResult
    func confirm(_ topic: Topic) -> Topic? { hub.confirm(topic.kind, topic.name.bytes.span) }

    /// What becomes of the messages of a topic that somebody is subscribed to.
    func setSlowPolicy(_ policy: SlowPolicy, of channel: String = "chat") throws {
        let topic = Topic.channel(try ChannelName(validating: channel))
        guard let index = hub.topicIndex(topic) else { preconditionFailure("nobody is subscribed") }
        hub.setSlowPolicy(policy, of: index)
    }

    /// All that `nextSpilled` tells.
    func spilled() -> [SpilledSubscription] {
        var all: [SpilledSubscription] = []
        while let spilled = hub.nextSpilled() { all.append(spilled) }
        return all
    }

    // MARK: Owing

    /// Delivers a message that has a place in its stream.
    func deliver(_ text: String, to channel: String = "chat", at position: UInt64) {
        let message = Frames.message(text, channel: channel)
        let name = Array(channel.utf8)
        guard let view = MessageView(message.span, channel: name.span),
            let topic = hub.liveTopic(.channel, name.span)
        else { preconditionFailure("no such topic, or the test's message is none") }
        hub.deliver(message.span, view, to: topic, position: position, excluding: nil)
    }

    func deliver(_ text: String, to channel: String = "chat", excluding excluded: UInt32? = nil) {
        deliver(
            Frames.message(text, channel: channel), of: channel, kind: .channel, name: channel,
            excluding: excluded)
    }

    func deliver(
        _ message: [UInt8], of channel: String, kind: Topic.Kind, name: String,
        excluding excluded: UInt32? = nil
    ) {
        guard let view = MessageView(message.span, channel: Array(channel.utf8).span) else {
            preconditionFailure("the test's message is none")
        }
        deliver(message, view, kind: kind, name: name, excluding: excluded)
    }

    func deliver(
        _ message: [UInt8], _ view: MessageView, kind: Topic.Kind, name: String, excluding excluded: UInt32?
    ) {
        hub.deliver(message.span, view, kind: kind, name: Array(name.utf8).span, excluding: excluded)
    }

    func send(_ bytes: [UInt8], to slot: UInt32) { hub.send(bytes.span, to: slot) }

    // MARK: Turns

    /// Ends the turn as a loop does.
    func flush() {
        writes = []
        overflows = []
        while let write = hub.nextWrite() {
            switch write {
            case .write(let slot, let batch, let range): self.write(batch, range, to: slot)
            case .overflow(let slot):
                overflows.append(slot)
                afterOverflow?(slot)
            }
        }
    }

    /// The socket has become writable: it takes what waited, until it is full again. Whether all of it went.
    @discardableResult
    func becomeWritable(_ slot: UInt32) -> Bool {
        while let (batch, range) = hub.nextBacklogWrite(slot) {
            write(batch, range, to: slot)
            if hub.isBlocked(slot) { return false }
        }
        return true
    }

    private func write(_ batch: Batch, _ range: Range<Int>, to slot: UInt32) {
        precondition(!range.isEmpty, "an empty write")
        writes.append(Write(slot: slot, batch: ObjectIdentifier(batch), range: range))
        received[slot, default: []] += batch.bytes[range]
        hub.wrote(slot, isBlocked: full.remove(slot) != nil)
        afterWrite?(slot)
    }

    func bytes(_ slot: UInt32) -> [UInt8] { received[slot] ?? [] }
    func isBlocked(_ slot: UInt32) -> Bool { hub.isBlocked(slot) }
    func isIdle(_ slot: UInt32) -> Bool { hub.isIdle(slot) }
    func isLive(_ topic: Topic) -> Bool { hub.isLive(topic) }
    func isConnected(_ id: ConnectionID) -> Bool { hub.isConnected(id) }
    func isSubscribed(_ slot: UInt32, to topic: Topic, view: UInt8 = 0) -> Bool {
        hub.isSubscribed(slot, to: topic, view: view)
    }
    func isSubscribed(_ slot: UInt32, toAnyViewOf topic: Topic) -> Bool {
        hub.isSubscribed(slot, toAnyViewOf: topic)
    }
    func subscribe(_ slot: UInt32, to topic: Topic, as format: WireFormat = .native, view: UInt8 = 0) -> Bool
    {
        hub.subscribe(slot, to: topic, as: format, view: view)
    }
    func unsubscribe(_ slot: UInt32, from topic: Topic, view: UInt8 = 0) -> Bool? {
        hub.unsubscribe(slot, from: topic, view: view)
    }
    func settle(_ slot: UInt32) -> Bool { hub.settle(slot) }
    func backlogCount(_ slot: UInt32) -> Int { hub.backlogCount(slot) }
}
