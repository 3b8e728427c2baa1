import Testing
import Wire

@testable import Hub

@Suite("A hub delivers")
struct HubDeliveryTests {
    private let test = TestHub()

    @Test("each message to every subscriber, in its format, in order")
    func formats() throws {
        let native = try test.subscriber()
        let plain = try test.subscriber(as: .plain)
        let other = try test.subscriber(to: "other")
        test.deliver("one")
        test.deliver("two")
        test.flush()
        #expect(test.bytes(native) == Frames.native("one") + Frames.native("two"))
        #expect(test.bytes(plain) == Frames.plain("one") + Frames.plain("two"))
        #expect(test.bytes(other).isEmpty)
    }

    @Test("nothing before the turn ends, and nothing twice")
    func turns() throws {
        let slot = try test.subscriber()
        test.deliver("one")
        #expect(test.bytes(slot).isEmpty && !test.isIdle(slot))
        test.flush()
        #expect(test.bytes(slot) == Frames.native("one") && test.isIdle(slot))
        test.flush()
        #expect(test.bytes(slot) == Frames.native("one") && test.writes.isEmpty)
        test.deliver("two")
        test.flush()
        #expect(test.bytes(slot) == Frames.native("one") + Frames.native("two"))
    }

    @Test("one shared batch to many subscribers, uncopied")
    func sharing() throws {
        for _ in 0..<50 { _ = try test.subscriber() }
        for number in 0..<5 { test.deliver("message \(number)") }
        test.flush()
        #expect(test.writes.count == 50)
        #expect(Set(test.writes.map(\.batch)).count == 1)
        #expect(test.writes.allSatisfy { $0.range == 0..<test.bytes(0).count })
    }

    @Test("one write for each connection and turn, over all its channels, in the order of handing in")
    func gathering() throws {
        let both = try test.subscriber(to: "a")
        _ = test.subscribe(both, to: .channel(try ChannelName(validating: "b")))
        let onlyB = try test.subscriber(to: "b")
        test.deliver("1", to: "a")
        test.deliver("2", to: "b")
        test.send([0xAA], to: both)
        test.deliver("3", to: "b")
        test.deliver("4", to: "a")
        test.flush()
        #expect(test.writes.map(\.slot) == [both, onlyB])
        #expect(
            test.bytes(both) == Frames.native("1", channel: "a") + Frames.native("2", channel: "b") + [0xAA]
                + Frames.native("3", channel: "b") + Frames.native("4", channel: "a"))
        #expect(test.bytes(onlyB) == Frames.native("2", channel: "b") + Frames.native("3", channel: "b"))
    }

    @Test("to a subscriber that came in the middle of a turn what was handed in since")
    func joining() throws {
        let first = try test.subscriber()
        test.deliver("before")
        let second = try test.subscriber()
        test.deliver("after")
        test.flush()
        #expect(test.bytes(first) == Frames.native("before") + Frames.native("after"))
        #expect(test.bytes(second) == Frames.native("after"))
    }

    @Test("to a subscriber that left in the middle of a turn what was handed in before")
    func leaving() throws {
        let chat = Topic.channel(try ChannelName(validating: "chat"))
        let first = try test.subscriber()
        let second = try test.subscriber()
        test.deliver("before")
        #expect(test.unsubscribe(second, from: chat) == false)
        test.deliver("between")
        #expect(test.subscribe(second, to: chat) == false)
        test.deliver("after")
        test.flush()
        #expect(
            test.bytes(first) == Frames.native("before") + Frames.native("between") + Frames.native("after"))
        #expect(test.bytes(second) == Frames.native("before") + Frames.native("after"))
    }

    @Test("everything owed to one that leaves last and comes again in the same turn")
    func lastLeaves() throws {
        let chat = Topic.channel(try ChannelName(validating: "chat"))
        let slot = try test.subscriber()
        test.deliver("before")
        #expect(test.unsubscribe(slot, from: chat) == true)
        test.deliver("nobody's")
        #expect(test.subscribe(slot, to: chat, as: .plain))
        test.deliver("not live yet")
        test.confirm(chat)
        test.deliver("after")
        test.flush()
        #expect(test.bytes(slot) == Frames.native("before") + Frames.plain("after"))
    }

    @Test("nothing on a topic that is not confirmed")
    func notLive() throws {
        let chat = Topic.channel(try ChannelName(validating: "chat"))
        let slot = test.connect()
        #expect(test.subscribe(slot, to: chat))
        test.deliver("early")
        test.confirm(chat)
        test.deliver("confirmed")
        test.hub.suspendAll()
        test.deliver("suspended")
        test.confirm(chat)
        test.deliver("again")
        test.flush()
        #expect(test.bytes(slot) == Frames.native("confirmed") + Frames.native("again"))
    }

    @Test("a pattern's messages to the pattern's subscribers only")
    func patterns() throws {
        let channel = try test.subscriber(to: "a*")
        let pattern = test.connect()
        let topic = Topic.pattern(try ChannelName(validating: "a*"))
        #expect(test.subscribe(pattern, to: topic))
        test.confirm(topic)
        test.deliver(Frames.message("x", channel: "ab"), of: "ab", kind: .pattern, name: "a*")
        test.flush()
        #expect(test.bytes(channel).isEmpty)
        #expect(test.bytes(pattern) == Frames.native("x", channel: "ab"))
    }

    @Test("to all but one that is excluded, and to that one what comes before and after")
    func excluding() throws {
        let first = try test.subscriber()
        let second = try test.subscriber()
        for text in ["1", "2", "3", "4", "5"] {
            test.deliver(text, excluding: text == "2" || text == "4" || text == "5" ? second : nil)
        }
        test.flush()
        #expect(test.bytes(first) == ["1", "2", "3", "4", "5"].flatMap { Frames.native($0) })
        #expect(test.bytes(second) == ["1", "3"].flatMap { Frames.native($0) })
        test.deliver("6", excluding: second)
        test.deliver("7", excluding: first)
        test.flush()
        #expect(test.bytes(first).suffix(Frames.native("6").count) == Frames.native("6")[...])
        #expect(test.bytes(second) == ["1", "3", "7"].flatMap { Frames.native($0) })
    }

    @Test("nothing where the only subscriber is excluded, or one that does not subscribe is")
    func excludingStrangers() throws {
        let slot = try test.subscriber()
        let stranger = test.connect()
        test.deliver("own", excluding: slot)
        test.deliver("foreign", excluding: stranger)
        test.flush()
        #expect(test.bytes(slot) == Frames.native("foreign"))
        #expect(test.bytes(stranger).isEmpty)
    }

    @Test("what single connections are sent in one batch, neighbours together")
    func sending() {
        let slots = (0..<3).map { _ in test.connect() }
        for slot in slots { test.send([UInt8(slot), 1], to: slot) }
        test.send([9], to: slots[0])
        test.send([8], to: slots[0])
        test.send([], to: slots[1])
        test.flush()
        #expect(slots.map { test.bytes($0) } == [[0, 1, 9, 8], [1, 1], [2, 1]])
        #expect(test.writes.count == 3)
    }

    @Test("a shared batch uncopied, behind what was sent before it")
    func sharedBatch() {
        let slot = test.connect()
        let file = Batch([UInt8](repeating: 7, count: Hub.gatherSize * 2))
        test.send([1], to: slot)
        test.hub.send(file, to: slot)
        test.hub.send(Batch(), to: slot)
        test.send([2], to: slot)
        test.flush()
        #expect(test.bytes(slot) == [1] + file.bytes + [2])
        #expect(
            test.writes.contains { $0.batch == ObjectIdentifier(file) && $0.range == 0..<file.bytes.count })
        #expect(file.bytes.count == Hub.gatherSize * 2)
    }

    @Test("in several writes where one would be large: a batch is sealed at its size")
    func sealing() throws {
        let slots = [try test.subscriber(as: .plain), try test.subscriber(as: .plain)]
        let text = String(repeating: "x", count: 60_000)
        let frame = Frames.plain(text)
        let count = Hub.batchSize / frame.count + 3
        for _ in 0..<count { test.deliver(text) }
        test.flush()
        for slot in slots {
            #expect(test.bytes(slot) == Array(repeatElement(frame, count: count).joined()))
            let writes = test.writes.filter { $0.slot == slot }
            #expect(writes.count == 2)
            // Sealed by the frame that reached the size, neither before nor later.
            #expect(
                writes[0].range.count >= Hub.batchSize && writes[0].range.count < Hub.batchSize + frame.count)
        }
        #expect(Set(test.writes.map(\.batch)).count == 2)
    }

    @Test("large entries by themselves and small ones together")
    func gatherSize() throws {
        let slot = test.connect()
        let large = [UInt8](repeating: 1, count: Hub.gatherSize)
        for index in 0..<3 {
            // Another batch each time, so that neighbours do not grow together.
            test.hub.send(Batch([UInt8(index)]), to: slot)
            test.hub.send(Batch(large), to: slot)
        }
        test.flush()
        #expect(test.bytes(slot) == [0] + large + [1] + large + [2] + large)
        #expect(test.writes.map(\.range.count) == [1, large.count, 1, large.count, 1, large.count])
    }

    @Test("also what is handed in while the turn is being flushed")
    func duringFlush() throws {
        let first = try test.subscriber()
        let second = try test.subscriber()
        test.deliver("1")
        var isFirst = true
        test.afterWrite = { [unowned test] slot in
            guard isFirst else { return }
            isFirst = false
            test.deliver("2")
            test.send([9], to: slot)
        }
        test.flush()
        #expect(test.bytes(first) == Frames.native("1") + Frames.native("2") + [9])
        #expect(test.bytes(second) == Frames.native("1") + Frames.native("2"))
    }

    @Test("the same in a later turn, when batches are used again")
    func reuse() throws {
        let slot = try test.subscriber()
        var wanted: [UInt8] = []
        for number in 0..<100 {
            test.deliver("\(number)")
            wanted += Frames.native("\(number)")
            test.flush()
        }
        #expect(test.bytes(slot) == wanted)
        #expect(Set(test.writes.map(\.batch)).count == 1)
    }
}
