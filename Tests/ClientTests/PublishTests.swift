import Testing
import Wire

@testable import Client

@Suite("What is published")
struct PublishTests {
    @Test("text becomes a JSON string")
    func text() throws {
        let input = PublishInput(isJSON: false)
        #expect(try input.value(of: Array("say \"hi\"".utf8)) == Array(#""say \"hi\"""#.utf8))
        #expect(try input.value(of: []) == Array(#""""#.utf8))
        #expect(throws: ClientError("is not valid UTF-8")) { try input.value(of: [0xFF]) }
    }

    @Test("JSON is published as it stands")
    func json() throws {
        let input = PublishInput(isJSON: true)
        #expect(try input.value(of: Array(#" {"a": 1} "#.utf8)) == Array(#" {"a": 1} "#.utf8))
        for bad in ["", "{", "hello", "1 2", "\u{1}"] {
            #expect(throws: ClientError.self) { try input.value(of: Array(bad.utf8)) }
        }
    }

    @Test("the frame is one that the server takes")
    func frame() throws {
        let channel = try ChannelName(validating: "a\"b")
        let frame = ClientFrame.publish(
            channel: channel, event: "e\\v", key: "k\"1", data: Array("[1]".utf8).span, ref: 7)
        let (command, reference) = try NativeDecoder.decode(frame.span)
        guard case .publish(let publish) = command else {
            Issue.record("not a publish command")
            return
        }
        #expect(publish.channel == channel)
        #expect(publish.event == Array("e\\v".utf8))
        #expect(publish.idempotencyKey == Array("k\"1".utf8))
        #expect(Array(frame[publish.data]) == Array("[1]".utf8))
        #expect(reference == .integer(7))
        let since = MessageID(offset: 7, epoch: "x")
        let history = ClientFrame.history(channel, since: since, limit: 9, ref: 1)
        guard case .history(let asked) = try NativeDecoder.decode(history.span).command else {
            Issue.record("not a history command")
            return
        }
        #expect(asked.channel == channel)
        #expect(asked.since == since)
        #expect(asked.limit == 9)
        let subscribe = ClientFrame.subscribe(.pattern(channel), ref: 1)
        #expect(try NativeDecoder.decode(subscribe.span).command == .subscribe(.pattern(channel), since: nil))
    }

    private static func message(_ size: Int) -> [UInt8] { [UInt8](repeating: 0x30, count: size) }

    @Test("each message of a session has a key of its own, and no two sessions share one")
    func keys() {
        let keys = IdempotencyKeys()
        #expect(keys.key(1) == keys.key(1))
        #expect(Set([keys.key(1), keys.key(2), IdempotencyKeys().key(1)]).count == 3)
        #expect(keys.key(.max).utf8.count <= NativeDecoder.maximumKeyLength)
    }

    @Test("what was not answered is to be sent again, in order, when nothing else is in flight")
    func behind() {
        var window = PublishWindow(maximumCount: 10, maximumBytes: 1000)
        for size in 1...4 { _ = window.add(Self.message(size)) }
        #expect(!window.isBehind)
        #expect(window.takeBehind().isEmpty)
        #expect(window.postpone(2) == true)
        #expect(window.postpone(2) == false, "only once")
        #expect(window.postpone(9) == false)
        #expect(window.isBehind)
        #expect(window.takeBehind().isEmpty, "others are still in flight")
        #expect(window.acknowledge(1) == true)
        #expect(window.postpone(4) == true)
        #expect(window.acknowledge(3) == true)
        let again = window.takeBehind()
        #expect(again.map(\.ref) == [2, 4])
        #expect(again.map(\.data.count) == [2, 4])
        #expect(!window.isBehind)
        #expect(window.takeBehind().isEmpty)
        window.disconnect()
        #expect(window.isBehind)
        #expect(window.count == 2)
        #expect(window.takeBehind().map(\.ref) == [2, 4])
        #expect(window.acknowledge(2) == true)
        #expect(window.acknowledge(4) == true)
        #expect(window.isEmpty)
        #expect(window.acknowledged == 4)
    }

    @Test("the window closes at its count and at its bytes, and opens with each answer")
    func window() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        #expect(window.hasRoom)
        #expect(window.isEmpty)
        #expect(window.add(Self.message(10)) == 1)
        #expect(window.hasRoom)
        #expect(window.add(Self.message(10)) == 2)
        #expect(!window.hasRoom)
        #expect(window.acknowledge(1) == true)
        #expect(window.hasRoom)
        #expect(window.add(Self.message(200)) == 3)
        #expect(window.acknowledge(2) == true)
        #expect(!window.hasRoom)
        #expect(window.remove(3) == true)
        #expect(window.hasRoom)
        #expect(window.isEmpty)
        #expect(window.acknowledged == 2)
        #expect(window.sent == 3)
    }

    @Test("a message larger than the window goes alone")
    func large() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        #expect(window.hasRoom)
        _ = window.add(Self.message(1_000_000))
        #expect(!window.hasRoom)
    }

    @Test("answers that nobody asked for change nothing")
    func unasked() {
        var window = PublishWindow(maximumCount: 2, maximumBytes: 100)
        _ = window.add(Self.message(1))
        #expect(window.acknowledge(2) == false)
        #expect(window.acknowledge(-1) == false)
        #expect(window.acknowledge(1) == true)
        #expect(window.acknowledge(1) == false)
        #expect(window.acknowledged == 1)
    }
}
