import Testing
import Wire

@testable import Hub

@Suite("A hub knows")
struct HubSubscriptionTests {
    private let test = TestHub()

    private func channel(_ name: String) throws -> Topic { .channel(try ChannelName(validating: name)) }
    private func pattern(_ name: String) throws -> Topic { .pattern(try ChannelName(validating: name)) }

    @Test("which subscription is a topic's first and which its last")
    func firstAndLast() throws {
        let (one, two) = (test.connect(), test.connect())
        let chat = try channel("chat")
        #expect(test.subscribe(one, to: chat))
        #expect(!test.subscribe(two, to: chat, as: .plain))
        #expect(test.unsubscribe(one, from: chat) == false)
        #expect(test.unsubscribe(one, from: chat) == nil)
        #expect(test.unsubscribe(two, from: chat) == true)
        #expect(test.unsubscribe(two, from: chat) == nil)
        #expect(test.hub.topicCount == 0)
        #expect(test.subscribe(two, to: chat))
    }

    @Test("a channel from the pattern of the same name")
    func kinds() throws {
        let slot = test.connect()
        #expect(test.subscribe(slot, to: try channel("a")))
        #expect(test.subscribe(slot, to: try pattern("a")))
        #expect(test.hub.topicCount == 2 && test.hub.subscriptionCount(slot) == 2)
        test.confirm(try pattern("a"))
        #expect(test.isLive(try pattern("a")))
        #expect(!test.isLive(try channel("a")))
    }

    @Test("how many subscriptions a connection has, however often it asks for one")
    func counts() throws {
        let slot = test.connect()
        for number in 0..<10 {
            #expect(test.subscribe(slot, to: try channel("c\(number)")))
            #expect(!test.subscribe(slot, to: try channel("c\(number)"), as: .plain))
        }
        #expect(test.hub.subscriptionCount(slot) == 10)
        for number in [5, 0, 9] { #expect(test.unsubscribe(slot, from: try channel("c\(number)")) == true) }
        #expect(test.hub.subscriptionCount(slot) == 7)
        for number in 0..<10 {
            #expect(test.isSubscribed(slot, to: try channel("c\(number)")) == ![5, 0, 9].contains(number))
        }
        var topics: Set<Topic> = []
        test.hub.forEachTopic(of: slot) { topics.insert($0) }
        #expect(topics == Set(try [1, 2, 3, 4, 6, 7, 8].map { try channel("c\($0)") }))
    }

    @Test("which topics a connection that goes leaves without a subscriber")
    func orphans() throws {
        let (one, two) = (test.connect(), test.connect())
        for name in ["a", "b", "c"] { _ = test.subscribe(one, to: try channel(name)) }
        for name in ["b", "d"] { _ = test.subscribe(two, to: try channel(name), as: .plain) }
        test.disconnect(one)
        #expect(Set(test.orphans) == Set(try [channel("a"), channel("c")]) && test.orphans.count == 2)
        #expect(test.hub.topicCount == 2 && test.hub.connectionCount == 1)
        test.unsubscribeAll(two)
        #expect(test.orphans.count == 4 && test.hub.topicCount == 0 && test.hub.subscriptionCount(two) == 0)
    }

    @Test("which topics are confirmed: not those that nobody wants, and none after a suspension")
    func confirmations() throws {
        let slot = test.connect()
        let (a, b) = (try channel("a"), try channel("b"))
        #expect(test.confirm(a) == nil)
        _ = test.subscribe(slot, to: a)
        _ = test.subscribe(slot, to: b)
        #expect(!test.isLive(a))
        #expect(test.confirm(a) == a)
        #expect(test.isLive(a))
        #expect(!test.isLive(b))
        test.hub.suspendAll()
        #expect(!test.isLive(a))
        #expect(test.confirm(a) == a)
        _ = test.unsubscribe(slot, from: a)
        #expect(!test.isLive(a))
        _ = test.subscribe(slot, to: a)
        #expect(!test.isLive(a))
    }

    @Test("one tenant of a slot from the next")
    func generations() throws {
        let first = test.hub.connect()
        #expect(test.isConnected(first))
        test.disconnect(first.slot)
        #expect(!test.isConnected(first))
        let second = test.hub.connect()
        #expect(second.slot == first.slot && second != first)
        #expect(test.isConnected(second))
        #expect(!test.isConnected(first))
        #expect(ConnectionID(packed: second.packed) == second)
        #expect(Set([first.packed, second.packed]).count == 2)
    }

    @Test("slots that are free and uses them again before it makes new ones")
    func slots() {
        let slots = (0..<100).map { _ in test.connect() }
        #expect(slots == Array(0..<100))
        for slot in stride(from: UInt32(0), to: 100, by: 2) { test.disconnect(slot) }
        #expect(test.hub.connectionCount == 50)
        #expect(Set((0..<50).map { _ in test.connect() }) == Set(stride(from: 0, to: 100, by: 2)))
        #expect(test.connect() == 100)
    }

    @Test("its subscribers after thousands have come and gone in any order")
    func churn() throws {
        let chat = try channel("chat")
        let slots = try (0..<1000).map { _ in try test.subscriber() }
        for slot in slots where slot % 3 != 0 { _ = test.unsubscribe(slot, from: chat) }
        test.deliver("x")
        test.flush()
        #expect(slots.allSatisfy { test.bytes($0).isEmpty == ($0 % 3 != 0) })
        for slot in slots where slot % 3 == 0 { test.disconnect(slot) }
        #expect(test.hub.topicCount == 0 && test.orphans == [chat])
    }

    @Test("who has to wait for messages, and who has not")
    func held() throws {
        let chat = try channel("chat")
        let (waiting, other, bare) = (test.connect(), try test.subscriber(), try test.subscriber(as: .plain))
        #expect(!test.subscribe(waiting, to: chat, as: .held))
        let message = Frames.message("one", channel: "chat")
        guard let view = MessageView(message.span, channel: Array("chat".utf8).span) else {
            Issue.record("no message")
            return
        }
        test.deliver(message, view, kind: .channel, name: "chat", excluding: nil)
        test.hub.release(waiting, from: chat, as: .native)
        // Once released, it stays as it is.
        test.hub.release(waiting, from: chat, as: .plain)
        test.deliver(message, view, kind: .channel, name: "chat", excluding: nil)
        test.flush()
        #expect(test.bytes(waiting) == Frames.text(message))
        #expect(test.bytes(other) == Frames.text(message) + Frames.text(message))
        #expect(test.bytes(bare) == Frames.plain("one") + Frames.plain("one"))
        #expect(test.unsubscribe(waiting, from: chat) == false)
    }

    @Test("everyone who is subscribed, and tells native subscribers what is no message")
    func announces() throws {
        let chat = try channel("chat")
        let (one, bare, held) = (try test.subscriber(), try test.subscriber(as: .plain), test.connect())
        _ = test.subscribe(held, to: chat, as: .held)
        var found: [UInt32] = []
        test.hub.forEachSubscriber(of: chat) { found.append($0) }
        #expect(found.sorted() == [one, bare, held].sorted())
        let payload = Array("{}".utf8)
        test.hub.announce(payload.span, kind: .channel, name: Array("chat".utf8).span)
        test.hub.announce(payload.span, kind: .channel, name: Array("nobody".utf8).span)
        test.flush()
        #expect(test.bytes(one) == Frames.text(payload))
        #expect(test.bytes(bare).isEmpty && test.bytes(held).isEmpty)
    }
}
