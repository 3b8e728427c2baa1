import Foundation
import Hub
import TestSupport
import Wire

/// A hub beside a model so plain that it is right by inspection: for each connection one array with all bytes it is owed.
///
/// `step` does one random thing to both and says where they differ.
final class HubModel {
    private struct Peer {
        let id: ConnectionID
        /// Everything it is to get since it connected, in order.
        var owed: [UInt8] = []
        /// How many bytes of it have been compared with what its socket got.
        var compared = 0
        var limit = Int.max
        var topics: [Topic: WireFormat] = [:]
        /// It has overflowed and been sent its close frame.
        var isEnding = false
        /// It was owed something in this turn.
        var isDirty = false
    }

    private struct Sample {
        let channel: String
        let message: [UInt8]
        let view: MessageView
        /// The message as a frame for each format.
        let native: [UInt8]
        let plain: [UInt8]

        init?(_ channel: String, _ count: Int) {
            let text = String(repeating: channel, count: count)
            let message = Frames.message(text, channel: channel)
            guard let view = MessageView(message.span, channel: Array(channel.utf8).span) else { return nil }
            self.channel = channel
            self.message = message
            self.view = view
            native = Frames.text(message)
            plain = Frames.plain(text)
        }
    }

    private static let names = ["a", "b", "c"]
    private static let smallSamples = names.flatMap { name in
        [1, 10, 60, 200, 1000].compactMap { Sample(name, $0) }
    }
    /// So large that writes are divided and batches sealed.
    private static let largeSamples = names.flatMap { name in
        [40_000, 150_000].compactMap { Sample(name, $0) }
    }
    private static let closeFrame: [UInt8] = [0x88, 2, 0x0F, 0xA2]

    private let test = TestHub()
    private let formats: [WireFormat] = [
        .native, .plain, .encoded(by: MarkedFormat("1")), .encoded(by: MarkedFormat("2")),
    ]
    private let topics: [Topic]
    private let hasLargeMessages: Bool
    private var peers: [UInt32: Peer] = [:]
    private var seen: Set<ConnectionID> = []
    private var live: Set<Topic> = []
    private var orphans: [Topic] = []
    private var generator: SeededGenerator
    private var complaint: String?
    /// Something was handed in while the turn was being flushed.
    private var hasActed = false

    init(_ generator: SeededGenerator) throws {
        self.generator = generator
        hasLargeMessages = self.generator.isOne(in: 8)
        let names = try Self.names.map { try ChannelName(validating: $0) }
        topics = names.map { .channel($0) } + names.map { .pattern($0) }
        test.afterWrite = { [unowned self] _ in duringFlush() }
        test.afterOverflow = { [unowned self] in overflowed($0) }
    }

    /// One random operation. `nil` if hub and model agree after it.
    func step() -> String? {
        let slots = peers.keys.sorted()
        switch generator.number(0..<40) {
        case 0..<3 where slots.count < 12: connect()
        case 3: if let slot = pick(slots) { disconnect(slot) }
        case 4..<10: if let slot = pick(slots) { subscribe(slot) }
        case 10..<13: if let slot = pick(slots) { unsubscribe(slot) }
        case 13: if generator.isOne(in: 8) { suspendAll() }
        case 14..<24: deliver()
        case 24..<28: if let slot = pick(slots) { send(to: slot) }
        case 28..<31: if let slot = pick(slots) { test.full.insert(slot) }
        case 31..<34: if let slot = pick(slots) { becomeWritable(slot) }
        case 34: if let slot = pick(slots) { release(slot) }
        case 35: if let slot = pick(slots) { reformat(slot) }
        case 36: if let slot = pick(slots), peers[slot]?.limit == .max { settle(slot) }
        default: flush()
        }
        // Comparing takes longer than the step.
        return complaint ?? (generator.isOne(in: 5) ? difference(peers.keys.sorted()) : nil)
    }

    /// Empties everything and compares for the last time.
    func finish() -> String? {
        flush()
        test.full = []
        for slot in peers.keys.sorted() { becomeWritable(slot) }
        flush()
        for (slot, peer) in peers where test.bytes(slot).count != peer.owed.count {
            complain("slot \(slot) lacks bytes")
        }
        if let difference = difference(peers.keys.sorted()) { complain(difference) }
        for slot in peers.keys.sorted() { disconnect(slot) }
        if test.hub.topicCount != 0 || test.hub.connectionCount != 0 { complain("something is left") }
        return complaint
    }

    private func pick(_ slots: [UInt32]) -> UInt32? { slots.isEmpty ? nil : generator.pick(slots) }

    private func complain(_ text: String) { complaint = complaint ?? text }

    // MARK: Operations

    private func connect() {
        let id = test.connectID()
        let slot = id.slot
        if peers[slot] != nil { complain("slot \(slot) was given out twice") }
        var peer = Peer(id: id)
        if !seen.insert(peer.id).inserted { complain("\(peer.id) was given out twice") }
        if generator.isOne(in: 2) {
            peer.limit = generator.pick([0, 100, 2000, 100_000])
            test.hub.setLimit(peer.limit, slot: slot)
        }
        peers[slot] = peer
    }

    private func disconnect(_ slot: UInt32) {
        guard let peer = peers.removeValue(forKey: slot) else { return }
        test.disconnect(slot)
        for topic in peer.topics.keys { orphan(topic) }
        if test.isConnected(peer.id) { complain("slot \(slot) is still connected") }
        if test.hub.subscriptionCount(slot) != 0 { complain("slot \(slot) is still subscribed") }
    }

    /// Notes that a topic has one subscriber fewer; true if that was the last.
    @discardableResult
    private func orphan(_ topic: Topic) -> Bool {
        guard !peers.values.contains(where: { $0.topics[topic] != nil }) else { return false }
        live.remove(topic)
        orphans.append(topic)
        return true
    }

    private func subscribe(_ slot: UInt32) {
        let topic = generator.pick(topics)
        let format = generator.pick(formats + [.held])
        guard peers[slot]?.isEnding == false else { return }
        let isFirst = !peers.values.contains { $0.topics[topic] != nil }
        if test.subscribe(slot, to: topic, as: format) != isFirst {
            complain("first subscription: \(isFirst)")
        }
        if peers[slot]?.topics[topic] == nil { peers[slot]?.topics[topic] = format }
        if generator.isOne(in: 8) { return }
        if test.confirm(topic) != topic { complain("a topic cannot be confirmed") }
        live.insert(topic)
    }

    private func release(_ slot: UInt32) {
        let topic = generator.pick(topics)
        let format = generator.pick(formats)
        test.hub.release(slot, from: topic, as: format)
        if peers[slot]?.topics[topic] == .held { peers[slot]?.topics[topic] = format }
    }

    private func settle(_ slot: UInt32) {
        guard test.isBlocked(slot) else { return }
        if test.settle(slot) { complain("an overflow without a limit") }
    }

    private func reformat(_ slot: UInt32) {
        let topic = generator.pick(topics)
        let format = generator.pick(formats)
        test.hub.reformat(slot, topic, as: format)
        if peers[slot]?.topics[topic] != nil { peers[slot]?.topics[topic] = format }
    }

    private func unsubscribe(_ slot: UInt32) {
        let topic = generator.pick(topics)
        let had = peers[slot]?.topics.removeValue(forKey: topic) != nil
        var wanted: Bool?
        if had {
            wanted = orphan(topic)
            if wanted == true { orphans.removeLast() }
        }
        if test.unsubscribe(slot, from: topic) != wanted {
            complain("unsubscribe did not say \(wanted as Any)")
        }
    }

    private func suspendAll() {
        test.hub.suspendAll()
        live = []
    }

    private func deliver() {
        let isLarge = hasLargeMessages && generator.isOne(in: 6)
        let sample = generator.pick(isLarge ? Self.largeSamples : Self.smallSamples)
        let kind: Topic.Kind = generator.isOne(in: 3) ? .pattern : .channel
        let slots = peers.keys.sorted()
        let excluded = generator.isOne(in: 4) ? pick(slots) : nil
        test.deliver(sample.message, sample.view, kind: kind, name: sample.channel, excluding: excluded)
        guard let topic = topics.first(where: { $0.kind == kind && $0.description == sample.channel }),
            live.contains(topic)
        else { return }
        for slot in slots where slot != excluded {
            switch peers[slot]?.topics[topic] {
            case .native: owe(sample.native, to: slot)
            case .plain: owe(sample.plain, to: slot)
            case .encoded(let format as MarkedFormat): owe([format.mark] + sample.message, to: slot)
            case .encoded, .held, nil: break
            }
        }
    }

    private func send(to slot: UInt32) {
        if generator.isOne(in: 20) {
            let count = generator.pick(hasLargeMessages ? [0, 10, 70_000] : [0, 10])
            let batch = Batch([UInt8](repeating: generator.byte(), count: count))
            test.hub.send(batch, to: slot)
            owe(batch.bytes, to: slot)
        } else {
            let bytes = generator.bytes(generator.number(0..<20))
            test.send(bytes, to: slot)
            owe(bytes, to: slot)
        }
    }

    private func owe(_ bytes: [UInt8], to slot: UInt32) {
        guard peers[slot]?.isEnding == false, !bytes.isEmpty else { return }
        peers[slot]?.owed += bytes
        peers[slot]?.isDirty = true
    }

    private func becomeWritable(_ slot: UInt32) {
        guard test.isBlocked(slot) else { return }
        test.becomeWritable(slot)
    }

    /// Things that may happen between two writes of a flush.
    private func duringFlush() {
        guard generator.isOne(in: 10) else { return }
        hasActed = true
        let slots = peers.keys.sorted()
        switch generator.number(0..<3) {
        case 0: deliver()
        case 1: if let slot = pick(slots) { send(to: slot) }
        default: if let slot = pick(slots) { unsubscribe(slot) }
        }
    }

    private func flush() {
        let before = peers.keys.reduce(into: [:]) { $0[$1] = test.bytes($1).count }
        let wasBlocked = Set(peers.keys.filter { test.isBlocked($0) })
        hasActed = false
        test.flush()
        for (slot, peer) in peers {
            let writes = test.writes.count { $0.slot == slot }
            if wasBlocked.contains(slot), writes > 0 { complain("a full socket was written to") }
            let taken = test.bytes(slot).count - (before[slot] ?? 0)
            if !hasActed, writes > 1, taken < 64 * 1024 { complain("\(writes) writes for \(taken) bytes") }
            if !test.isBlocked(slot), test.bytes(slot).count != peer.owed.count {
                complain("slot \(slot) lacks bytes")
            }
            peers[slot]?.isDirty = false
        }
    }

    /// Does what the front does with a reader that is too slow.
    private func overflowed(_ slot: UInt32) {
        guard let peer = peers[slot] else { return complain("overflow of a stranger") }
        let waiting = peer.owed.count - test.bytes(slot).count
        guard test.isBlocked(slot), waiting > peer.limit, !peer.isEnding else {
            return complain("overflow of slot \(slot) with \(waiting) bytes, limit \(peer.limit)")
        }
        peers[slot]?.isEnding = true
        peers[slot]?.topics = [:]
        for topic in peer.topics.keys { orphan(topic) }
        test.unsubscribeAll(slot)
        test.hub.sendLast(Self.closeFrame, to: slot)
        peers[slot]?.owed = test.bytes(slot) + Self.closeFrame
    }

    // MARK: Comparing

    private func difference(_ slots: [UInt32]) -> String? {
        for slot in slots {
            guard let peer = peers[slot] else { continue }
            let bytes = test.bytes(slot)
            guard bytes.count <= peer.owed.count else { return "slot \(slot) got more than it was owed" }
            // As `Data`, which compares many times faster in a debug build.
            guard Data(peer.owed[peer.compared..<bytes.count]) == Data(bytes[peer.compared...]) else {
                return "slot \(slot) got other bytes than it was owed"
            }
            peers[slot]?.compared = bytes.count
            let waiting = test.hub.backlogCount(slot)
            guard peer.isDirty || bytes.count + waiting == peer.owed.count else {
                return "slot \(slot) lacks \(peer.owed.count - bytes.count - waiting) bytes"
            }
            guard waiting <= peer.limit || peer.isEnding else { return "slot \(slot) is over its limit" }
            guard test.hub.subscriptionCount(slot) == peer.topics.count else {
                return "subscriptions miscounted"
            }
            guard topics.allSatisfy({ test.isSubscribed(slot, to: $0) == (peer.topics[$0] != nil) }) else {
                return "slot \(slot) is subscribed to something else"
            }
            guard test.isConnected(peer.id) else { return "slot \(slot) is not connected" }
        }
        let wanted = Set(peers.values.flatMap(\.topics.keys))
        guard test.hub.topicCount == wanted.count else { return "\(test.hub.topicCount) topics" }
        guard topics.allSatisfy({ test.isLive($0) == live.contains($0) }) else {
            return "another topic is live"
        }
        guard Set(test.orphans) == Set(orphans), test.orphans.count == orphans.count else {
            return "other orphans"
        }
        guard test.hub.connectionCount == peers.count else { return "connections miscounted" }
        return nil
    }
}
