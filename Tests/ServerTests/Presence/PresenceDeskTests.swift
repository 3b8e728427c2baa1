import Broker
import Hub
import TestSupport
import Testing
import Wire

@testable import Server

/// Desks of two workers on one memory broker whose clock the test sets.
@Suite("The presence desk")
struct PresenceDeskTests {
    private final class Outlet: PresenceOutlet {
        var sent: [ConnectionID: [String]] = [:]

        func sendText(_ payload: Span<UInt8>, to connection: ConnectionID) {
            sent[connection, default: []].append(String(decoding: [UInt8](copying: payload), as: UTF8.self))
        }
    }

    private final class Node {
        let port: MemoryBrokerPort
        let signals: Signals
        let delegate: InboxDeskFixture.Delegate
        let outlet = Outlet()
        let desk: PresenceDesk

        init(_ broker: MemoryBroker, _ name: String) {
            port = broker.makePort {}
            signals = Signals(broker: port)
            delegate = InboxDeskFixture.Delegate(signals)
            port.delegate = delegate
            let rule = Settings.ChannelRule(match: [Array("c*".utf8)], presence: true)
            desk = PresenceDesk(
                broker: port, signals: signals, outlet: outlet, rules: ChannelRules([rule]), name: name)
        }

        deinit {
            for slot in 0..<10 as Range<UInt32> { desk.closed(ConnectionID(slot: slot, generation: 0)) }
            port.close()
        }

        func enter(_ slot: UInt32, _ user: String?, isNative: Bool = true) {
            let connection = ConnectionID(slot: slot, generation: 0)
            desk.expect(connection, in: ChannelName("chat"))
            settle()
            desk.enter(connection, in: ChannelName("chat"), user.map { UserName($0) }, isNative: isNative)
            settle()
        }

        func settle() {
            for _ in 0..<5 {
                desk.flush()
                port.drain()
            }
        }

        func sent(_ slot: UInt32) -> [String] { outlet.sent[ConnectionID(slot: slot, generation: 0)] ?? [] }

        var list: String {
            var text = "unanswered"
            desk.read(ChannelName("chat")) { result in
                switch result {
                case .success(let list):
                    text = list.users.map { "\($0.user?.description ?? "nobody") \($0.connections)" }
                        .joined(separator: ", ")
                case .failure(let failure): text = failure.code.rawValue
                }
            }
            settle()
            return text
        }
    }

    private let clock = TestClock()
    private let first: Node
    private let second: Node

    init() {
        let clock = clock
        let broker = MemoryBroker(clock: { clock.now })
        first = Node(broker, "w1")
        second = Node(broker, "w2")
    }

    private func settle() {
        for _ in 0..<3 {
            first.settle()
            second.settle()
        }
    }

    private static func frame(_ type: String, _ user: String) -> String {
        #"{"type":"\#(type)","channel":"chat","user":"\#(user)"}"#
    }

    @Test("native clients hear of each user once, themselves included, plain ones of nobody")
    func joining() {
        first.enter(1, "alice")
        first.enter(2, "alice")
        second.enter(1, "bob", isNative: false)
        second.enter(2, nil)
        settle()
        #expect(first.sent(1) == [Self.frame("join", "alice"), Self.frame("join", "bob")])
        #expect(first.sent(2) == [Self.frame("join", "bob")])
        #expect(second.sent(1) == [])
        #expect(second.list == "alice 2, bob 1, nobody 1")
        first.desk.closed(ConnectionID(slot: 1, generation: 0))
        settle()
        #expect(second.sent(2) == [])
        first.desk.leave(ConnectionID(slot: 2, generation: 0), from: ChannelName("chat"))
        settle()
        #expect(second.sent(2) == [Self.frame("leave", "alice")])
        #expect(second.list == "bob 1, nobody 1")
        #expect(!first.signals.isLive(.signal("presence", of: ChannelName("chat"))))
    }

    @Test("a worker that falls silent is cleaned up by the other's heartbeat; one that was slow comes back")
    func silence() {
        first.enter(1, "alice")
        second.enter(1, "bob")
        settle()
        clock.advance(10_000)
        second.desk.beat()
        settle()
        #expect(second.sent(1) == [Self.frame("join", "bob")])
        clock.advance(5_000)
        second.desk.beat()
        settle()
        #expect(second.sent(1).last == Self.frame("leave", "alice"))
        #expect(second.list == "bob 1")
        first.desk.beat()
        settle()
        #expect(second.sent(1).last == Self.frame("join", "alice"))
        #expect(second.list == "alice 1, bob 1")
    }

    @Test("heartbeats alone keep everybody")
    func beating() {
        first.enter(1, "alice")
        for _ in 0..<10 {
            clock.advance(Int64(PresenceDesk.heartbeat))
            first.desk.beat()
            first.settle()
        }
        #expect(second.list == "alice 1")
        #expect(first.sent(1) == [Self.frame("join", "alice")])
    }

    @Test("everything is told again when signals come back")
    func outage() {
        first.enter(1, "alice")
        clock.advance(100_000)
        #expect(second.list == "")
        let topic = Topic.signal("presence", of: ChannelName("chat"))
        first.signals.lost()
        first.signals.subscribed(name: topic.name.bytes.span)
        settle()
        #expect(second.list == "alice 1")
    }

    @Test("channels without the rule have no presence")
    func noRule() {
        let connection = ConnectionID(slot: 1, generation: 0)
        var code: ErrorCode?
        first.desk.expect(connection, in: ChannelName("other"))
        first.desk.enter(connection, in: ChannelName("other"), UserName("alice"), isNative: true)
        first.desk.read(ChannelName("other")) { if case .failure(let failure) = $0 { code = failure.code } }
        #expect(code == .notFound)
        first.desk.closed(connection)
    }
}
