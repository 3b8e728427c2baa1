import Broker
import Hub
import TestSupport
import Testing
import Wire

@testable import Server

@Suite("The inbox desk")
struct InboxDeskTests {
    private let fixture = InboxDeskFixture()

    @Test("says how many are unread, then gives what is pending in order, then what comes")
    func opening() throws {
        for number in 1...250 { fixture.notify("\(number)") }
        let connection = fixture.connect()
        try fixture.open(connection)
        #expect(fixture.sent(connection).isEmpty, "nothing before the signal is live")
        fixture.settle()
        #expect(fixture.sent(connection).first == #"{"type":"inbox","unread":250}"#)
        #expect(fixture.texts(connection) == (1...250).map { "\($0)" })
        fixture.notify("live")
        fixture.settle()
        #expect(fixture.texts(connection).last == "live")
        #expect(fixture.sent(connection).count == 252)
    }

    @Test("gives users their own, and every device of a user everything")
    func users() throws {
        let (phone, laptop, bob) = (fixture.connect(), fixture.connect(), fixture.connect())
        try fixture.open(phone)
        try fixture.open(laptop, "laptop")
        try fixture.open(bob, user: "bob")
        fixture.settle()
        fixture.notify("for alice")
        fixture.notify("for bob", user: "bob")
        fixture.settle()
        #expect(fixture.texts(phone) == ["for alice"])
        #expect(fixture.texts(laptop) == ["for alice"])
        #expect(fixture.texts(bob) == ["for bob"])
    }

    @Test("an acknowledgement is answered, and told to the user's other connections")
    func acknowledging() throws {
        let (phone, laptop) = (fixture.connect(), fixture.connect())
        try fixture.open(phone)
        try fixture.open(laptop, "laptop")
        fixture.notify("1")
        fixture.notify("2")
        fixture.settle()
        let id = try #require(
            fixture.sent(phone)[1].split(separator: "\"").dropFirst(7).first.map(String.init))
        try fixture.desk.acknowledge(try #require(MessageID(id)), phone, .integer(9))
        try fixture.desk.acknowledge(try #require(MessageID(id)), phone, .integer(10))
        fixture.settle()
        let answers = fixture.sent(phone).filter { $0.hasPrefix(#"{"type":"acked""#) }
        #expect(answers == [9, 10].map { #"{"type":"acked","id":"\#(id)","unread":1,"ref":\#($0)}"# })
        #expect(!fixture.sent(phone).contains { $0.hasPrefix(#"{"type":"read""#) })
        #expect(
            fixture.sent(laptop).filter { $0.hasPrefix(#"{"type":"read""#) }
                == [#"{"type":"read","id":"\#(id)","unread":1}"#])
    }

    @Test("refuses what cannot be")
    func refusals() throws {
        let connection = fixture.connect()
        let id = MessageID(offset: 5, epoch: "none")
        #expect(throws: NativeError.self) { try fixture.desk.acknowledge(id, connection, .none) }
        try fixture.open(connection)
        fixture.settle()
        #expect(throws: NativeError.self) { try fixture.open(connection, "laptop") }
        try fixture.open(connection)
        try fixture.desk.acknowledge(id, connection, .none)
        fixture.settle()
        #expect(fixture.sent(connection).count == 3)
        #expect(fixture.sent(connection).contains { $0.contains(#""code":"not_found""#) })
        #expect(fixture.sent(connection).filter { $0 == #"{"type":"inbox","unread":0}"# }.count == 2)
    }

    @Test("waiting commands are bounded")
    func waiting() throws {
        let connection = fixture.connect()
        for _ in 0..<InboxDesk.maximumUnanswered { try fixture.open(connection) }
        #expect(throws: NativeError.self) { try fixture.open(connection) }
        fixture.settle()
        #expect(fixture.sent(connection).count >= InboxDesk.maximumUnanswered)
    }

    @Test("a slow socket is given no more until it drains")
    func slow() throws {
        let connection = fixture.connect()
        for number in 1...1_000 { fixture.notify("\(number)") }
        try fixture.open(connection)
        while fixture.texts(connection).isEmpty { fixture.broker.drain() }
        fixture.outlet.blocked = [connection]
        fixture.notify("1001")
        fixture.settle()
        #expect(fixture.texts(connection).count <= 2 * InboxDesk.pageSize)
        fixture.outlet.blocked = []
        fixture.desk.drained(connection)
        fixture.settle()
        #expect(fixture.texts(connection) == (1...1_001).map { "\($0)" })
    }

    @Test("a broker that is away is asked again; what it refuses is told")
    func failures() throws {
        let (waiting, refused) = (fixture.connect(), fixture.connect())
        fixture.notify("1")
        fixture.broker.failure = .unavailable
        try fixture.open(waiting)
        fixture.settle()
        #expect(fixture.sent(waiting).isEmpty)
        fixture.broker.failure = .refused("no")
        try fixture.open(refused, user: "bob")
        fixture.settle()
        #expect(fixture.sent(refused).count == 1)
        #expect(fixture.sent(refused).first?.contains("the broker refused: no") == true)
        fixture.broker.failure = nil
        fixture.retry.fire()
        try fixture.open(refused, user: "bob")
        fixture.settle()
        #expect(fixture.texts(waiting) == ["1"])
        #expect(fixture.sent(refused).last == #"{"type":"inbox","unread":0}"#)
    }

    @Test("a closed connection is forgotten, and the signal with the last")
    func closing() throws {
        let (first, second) = (fixture.connect(), fixture.connect())
        try fixture.open(first)
        try fixture.open(second)
        fixture.settle()
        fixture.desk.closed(first)
        #expect(fixture.signals.isLive(.signal("inbox", of: UserName("alice"))))
        fixture.desk.closed(second)
        fixture.desk.closed(second)
        #expect(!fixture.signals.isLive(.signal("inbox", of: UserName("alice"))))
        fixture.notify("1")
        fixture.settle()
        #expect(fixture.texts(first).isEmpty && fixture.texts(second).isEmpty)
    }

    @Test(
        "whatever is lost, late or slow, every connection gets all in order and nothing twice",
        arguments: 0..<60)
    func soak(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let topic = Topic.signal("inbox", of: UserName("alice"))
        var connections: [ConnectionID] = []
        var sent = 0
        for _ in 0..<300 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where connections.count < 5:
                connections.append(fixture.connect())
                try fixture.open(connections[connections.count - 1], "device \(connections.count)")
            case 1: fixture.delegate.losesSignals.toggle()
            case 2: fixture.broker.failure = fixture.broker.failure == nil ? .unavailable : nil
            case 3: fixture.retry.fire()
            case 4:
                guard let connection = connections.randomElement(using: &random) else { continue }
                if fixture.outlet.blocked.remove(connection) != nil {
                    fixture.desk.drained(connection)
                } else {
                    fixture.outlet.blocked.insert(connection)
                }
            case 5: fixture.broker.drain()
            default:
                sent += 1
                fixture.notify("\(sent)")
            }
        }
        fixture.broker.failure = nil
        fixture.settle()
        fixture.outlet.blocked = []
        for connection in connections { fixture.desk.drained(connection) }
        fixture.retry.fire()
        // As after an outage.
        fixture.delegate.losesSignals = false
        fixture.signals.subscribed(name: topic.name.bytes.span)
        fixture.settle()
        for connection in connections {
            #expect(fixture.texts(connection) == (0..<sent).map { "\($0 + 1)" })
            #expect(fixture.sent(connection).filter { $0.hasPrefix(#"{"type":"inbox""#) }.count == 1)
        }
    }
}
