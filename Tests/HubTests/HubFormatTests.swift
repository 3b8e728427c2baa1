import Testing
import Wire

@testable import Hub

@Suite("A hub with formats of doors")
struct HubFormatTests {
    private let test = TestHub()
    private let chat: Topic
    private let one = MarkedFormat("1")
    private let two = MarkedFormat("2")

    init() throws { chat = .channel(try ChannelName(validating: "chat")) }

    private func text(_ slot: UInt32) -> String { String(decoding: test.bytes(slot), as: UTF8.self) }

    private func message(_ text: String) -> String { String(decoding: Frames.message(text), as: UTF8.self) }

    @Test("encodes once for all that share one")
    func shared() throws {
        let slots = try (0..<3).map { _ in try test.subscriber(as: .encoded(by: one)) }
        let other = try test.subscriber(as: .encoded(by: two))
        let native = try test.subscriber()
        test.deliver("a")
        test.flush()
        #expect(Set(slots.compactMap { slot in test.writes.first { $0.slot == slot }?.batch }).count == 1)
        for slot in slots { #expect(text(slot) == "1" + message("a")) }
        #expect(text(other) == "2" + message("a"))
        #expect(test.bytes(native) == Frames.native("a"))
    }

    @Test("gives each view of a connection the message")
    func views() throws {
        let slot = test.connect()
        #expect(test.subscribe(slot, to: chat, as: .encoded(by: one)))
        #expect(!test.subscribe(slot, to: chat, as: .encoded(by: two), view: 1))
        #expect(!test.subscribe(slot, to: chat, as: .encoded(by: two), view: 1))
        test.confirm(chat)
        test.deliver("a")
        test.deliver("b")
        test.flush()
        let (a, b) = (message("a"), message("b"))
        #expect(
            [["1" + a, "2" + a, "1" + b, "2" + b], ["2" + a, "1" + a, "2" + b, "1" + b]]
                .contains { $0.joined() == text(slot) })

        #expect(test.unsubscribe(slot, from: chat) == false)
        #expect(!test.isSubscribed(slot, to: chat))
        #expect(test.isSubscribed(slot, to: chat, view: 1))
        #expect(test.isSubscribed(slot, toAnyViewOf: chat))
        #expect(test.unsubscribe(slot, from: chat) == nil)
        let before = text(slot)
        test.deliver("c")
        test.flush()
        #expect(text(slot) == before + "2" + message("c"))
        #expect(test.unsubscribe(slot, from: chat, view: 1) == true)
        #expect(!test.isSubscribed(slot, toAnyViewOf: chat))
    }

    @Test("changes a subscription's in the middle of a turn")
    func reformat() throws {
        let slot = try test.subscriber(as: .encoded(by: one))
        let stays = try test.subscriber(as: .encoded(by: one))
        test.deliver("a")
        test.hub.reformat(slot, chat, as: .encoded(by: two))
        test.deliver("b")
        test.hub.reformat(slot, chat, as: .encoded(by: two))
        test.flush()
        #expect(text(slot) == "1" + message("a") + "2" + message("b"))
        #expect(text(stays) == "1" + message("a") + "1" + message("b"))
    }

    @Test("announces to those whose format has a form for it")
    func announces() throws {
        let slots = try [
            WireFormat.native, .plain, .held, .encoded(by: one),
        ].map { try test.subscriber(as: $0) }
        test.hub.announce(Array("{}".utf8).span, kind: .channel, name: Array("chat".utf8).span)
        test.flush()
        #expect(slots.map { test.bytes($0) } == [Frames.text(Array("{}".utf8)), [], [], Array("1{}".utf8)])
    }

    @Test("hands a blocked connection's share of the turn over when asked")
    func settle() throws {
        let slot = try test.subscriber(as: .encoded(by: one))
        let other = try test.subscriber(as: .encoded(by: one))
        test.hub.wrote(slot, isBlocked: true)
        test.deliver("a")
        #expect(!test.settle(slot))
        #expect(test.backlogCount(slot) == message("a").utf8.count + 1)
        test.deliver("b")
        test.flush()
        test.becomeWritable(slot)
        #expect(text(slot) == "1" + message("a") + "1" + message("b"))
        #expect(text(other) == text(slot))

        test.hub.setLimit(10, slot: slot)
        test.hub.wrote(slot, isBlocked: true)
        test.deliver("c")
        #expect(test.settle(slot))
    }
}
