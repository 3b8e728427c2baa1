import Testing
import Wire

@testable import Hub

@Suite("A hub's policies for slow readers")
struct HubSlowPolicyTests {
    private let test = TestHub()
    private let chat = Topic.channel(.chat)

    /// A subscriber whose socket is full, with room for so many messages of one character.
    private func slowSubscriber(_ policy: SlowPolicy, room: Int) throws -> UInt32 {
        let slot = try test.subscriber()
        try test.setSlowPolicy(policy)
        test.hub.setLimit(room * Frames.native("1").count, slot: slot)
        test.full = [slot]
        return slot
    }

    /// One turn for each character.
    private func deliver(_ texts: String, from position: UInt64 = 1) {
        for (index, text) in texts.enumerated() {
            test.deliver(String(text), at: position + UInt64(index))
            test.flush()
        }
    }

    private func native(_ texts: String) -> [UInt8] { texts.flatMap { Frames.native(String($0)) } }

    @Test("latest: below the limit everything is kept, above it the newest only")
    func latest() throws {
        let slot = try slowSubscriber(.latest, room: 3)
        deliver("1234")
        #expect(test.hub.backlogCount(slot) == native("234").count)
        deliver("5")
        #expect(test.overflows.isEmpty && test.hub.backlogCount(slot) == native("5").count)
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("15"))
        deliver("6")
        #expect(test.bytes(slot) == native("156"))
    }

    @Test("latest: of several messages of one turn the last is the newest")
    func latestOfTurn() throws {
        let slot = try slowSubscriber(.latest, room: 3)
        deliver("1")
        for (index, text) in "2345".enumerated() {
            test.deliver(String(text), at: UInt64(index))
        }
        test.flush()
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("15"))
    }

    @Test("latest: each channel's newest stays, in order, and what is no channel's stays too")
    func latestOfSeveral() throws {
        let slot = try slowSubscriber(.latest, room: 6)
        let news = Topic.channel(try ChannelName(validating: "news"))
        _ = test.hub.subscribe(slot, to: news, as: .native)
        test.confirm(news)
        try test.setSlowPolicy(.latest, of: "news")
        deliver("1")
        test.send(Frames.plain("reply"), to: slot)
        test.deliver("a", to: "news", at: 1)
        deliver("23")
        test.deliver("b", to: "news", at: 2)
        deliver("45")
        #expect(test.overflows.isEmpty)
        #expect(test.becomeWritable(slot))
        #expect(
            test.bytes(slot)
                == native("1") + Frames.plain("reply") + Frames.native("b", channel: "news") + native("5"))
    }

    @Test("whose other messages are too many is closed all the same", arguments: [SlowPolicy.latest, .spill])
    func overflow(policy: SlowPolicy) throws {
        let slot = try slowSubscriber(policy, room: 2)
        deliver("1")
        test.send(native("xyz"), to: slot)
        deliver("2")
        #expect(test.overflows == [slot])
    }

    @Test("spill: what waits is dropped, and the subscription held from its first message on")
    func spill() throws {
        let slot = try slowSubscriber(.spill, room: 2)
        let fast = try test.subscriber()
        deliver("1234", from: 10)
        let spilled = test.spilled()
        #expect(test.overflows.isEmpty && spilled.count == 1)
        #expect(spilled.first?.topic == chat && spilled.first?.connection.slot == slot)
        #expect(spilled.first?.position == 11 && spilled.first?.format == .native)
        #expect(test.hub.backlogCount(slot) == 0)
        deliver("56", from: 14)
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("1") && test.bytes(fast) == native("123456"))

        test.hub.release(slot, from: chat, as: .native)
        deliver("7", from: 16)
        #expect(test.bytes(slot) == native("17") && test.bytes(fast) == native("1234567"))
        #expect(test.spilled().isEmpty)
    }

    @Test("spill: the first that has a place counts")
    func spillWithoutPlaces() throws {
        let slot = try slowSubscriber(.spill, room: 2)
        deliver("1", from: 10)
        test.deliver("2", at: 0)
        test.flush()
        deliver("34", from: 11)
        #expect(test.spilled().map(\.position) == [11])
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("1"))
    }

    @Test("spill: what waits for one that has unsubscribed is not given again, and so not dropped")
    func unsubscribed() throws {
        let slot = try slowSubscriber(.spill, room: 4)
        _ = try test.subscriber()
        deliver("123")
        _ = test.hub.unsubscribe(slot, from: chat)
        test.send(native("x"), to: slot)
        test.flush()
        test.send(native("yz"), to: slot)
        test.flush()
        #expect(test.overflows == [slot] && test.spilled().isEmpty)
    }

    @Test("spill: what came before a subscription is not its own to be given again")
    func subscribedAgain() throws {
        let slot = try slowSubscriber(.spill, room: 4)
        _ = try test.subscriber()
        deliver("123", from: 10)
        _ = test.hub.unsubscribe(slot, from: chat)
        _ = test.hub.subscribe(slot, to: chat, as: .native)
        deliver("456", from: 13)
        #expect(test.spilled().map(\.position) == [13])
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("123"))
    }

    @Test("a policy that changes holds for what comes from then on")
    func change() throws {
        let slot = try slowSubscriber(.close, room: 2)
        deliver("12")
        try test.setSlowPolicy(.latest)
        deliver("345")
        #expect(test.overflows.isEmpty)
        #expect(test.becomeWritable(slot))
        #expect(test.bytes(slot) == native("125"))
        try test.setSlowPolicy(.close)
        test.full = [slot]
        deliver("6789")
        #expect(test.overflows == [slot])
    }

    @Test("a format may be excepted")
    func exception() throws {
        final class Stubborn: MessageFormat {
            func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) {
                bytes.append(0)
            }
            func obeys(_ policy: SlowPolicy) -> Bool { false }
        }
        let slot = try test.subscriber(as: .encoded(by: Stubborn()))
        try test.setSlowPolicy(.latest)
        test.hub.setLimit(2, slot: slot)
        test.full = [slot]
        deliver("1234")
        #expect(test.overflows == [slot])
    }
}
