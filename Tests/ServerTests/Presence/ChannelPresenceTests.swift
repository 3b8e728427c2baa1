import Broker
import Hub
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("The presence of one worker in one channel")
final class ChannelPresenceTests {
    private var presence = ChannelPresence()
    private let alice = UserName("alice")

    private func id(_ slot: UInt32) -> ConnectionID { ConnectionID(slot: slot, generation: 0) }

    private func update() -> PresenceUpdate? { presence.takeUpdate(ChannelName("chat"), worker: "w") }

    private func enter(_ slot: UInt32, _ user: UserName?, isNative: Bool = true) -> Bool {
        presence.enter(id(slot), user, isNative: isNative)
    }

    private func leave(_ slot: UInt32) -> Bool { presence.leave(id(slot)) }

    @Test("tells all at first, then what has changed, then nothing")
    func updates() {
        #expect(enter(1, alice))
        #expect(update()?.connections == [alice: 1])
        #expect(update() == nil)
        #expect(enter(2, alice))
        #expect(enter(3, nil))
        #expect(!enter(3, nil), "it is there already")
        let second = update()
        #expect(second?.connections == [alice: 2, nil: 1])
        #expect(second?.isWhole == false)
        #expect(leave(3))
        #expect(!leave(3))
        #expect(update()?.connections == [nil: 0])
        presence.tellAll()
        let last = update()
        #expect(last?.connections == [alice: 2])
        #expect(last?.isWhole == true)
    }

    @Test("is needed by those who are expected, too, but has no heartbeat for them")
    func expecting() {
        presence.expect(id(1))
        #expect(!presence.isEmpty)
        #expect(presence.heartbeat(ChannelName("chat"), worker: "w") == nil)
        #expect(!leave(1))
        #expect(presence.isEmpty)
        presence.expect(id(1))
        #expect(enter(1, nil))
        presence.expect(id(1))
        #expect(presence.heartbeat(ChannelName("chat"), worker: "w")?.connections == [:])
        #expect(leave(1))
        #expect(presence.isEmpty)
    }

    @Test("knows its native connections")
    func natives() {
        #expect(enter(1, alice))
        #expect(enter(2, alice, isNative: false))
        #expect(presence.nativeConnections == [id(1)])
    }
}
