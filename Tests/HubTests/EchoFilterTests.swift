import Testing
import Wire

@testable import Hub

@Suite("An echo filter")
struct EchoFilterTests {
    private let chat: ChannelName
    private let topic: Topic
    private let one = ConnectionID(slot: 1, generation: 0)
    private let two = ConnectionID(slot: 2, generation: 0)

    init() throws {
        chat = try ChannelName(validating: "chat")
        topic = .channel(chat)
    }

    @Test("names the publisher once, for its own message on the topic")
    func once() throws {
        var filter = EchoFilter()
        #expect(filter.isEmpty)
        filter.expect([1], of: chat, on: topic, from: one)
        #expect(!filter.isEmpty)
        #expect(filter.take([2], of: chat, on: topic) == nil)
        #expect(filter.take([1], of: chat, on: .pattern(chat)) == nil)
        #expect(filter.take([1], of: try ChannelName(validating: "other"), on: topic) == nil)
        #expect(filter.take([1], of: chat, on: topic) == one)
        #expect(filter.take([1], of: chat, on: topic) == nil)
        #expect(filter.isEmpty)
    }

    @Test("leaves each of two publishers of the same bytes out once, the first first")
    func twins() {
        var filter = EchoFilter()
        for connection in [one, two, one] { filter.expect([1], of: chat, on: topic, from: connection) }
        #expect((0..<4).map { _ in filter.take([1], of: chat, on: topic) } == [one, two, one, nil])
        #expect(filter.isEmpty)
    }

    @Test("knows topics apart on which the same message comes")
    func topics() throws {
        var filter = EchoFilter()
        let pattern = Topic.pattern(try ChannelName(validating: "ch*"))
        filter.expect([1], of: chat, on: topic, from: one)
        filter.expect([1], of: chat, on: pattern, from: one)
        #expect(filter.take([1], of: chat, on: pattern) == one)
        #expect(filter.take([1], of: chat, on: topic) == one)
    }

    @Test("forgets all when the link to the broker is lost")
    func removeAll() {
        var filter = EchoFilter()
        filter.expect([1], of: chat, on: topic, from: one)
        filter.removeAll()
        #expect(filter.isEmpty && filter.take([1], of: chat, on: topic) == nil)
    }

    @Test("does not wait for ever for messages that never come back")
    func lost() {
        var filter = EchoFilter()
        filter.expect([1], of: chat, on: topic, from: one)
        for _ in 0...EchoFilter.maximumMisses { _ = filter.take([2], of: chat, on: topic) }
        #expect(!filter.isEmpty)
        filter.expect([3], of: chat, on: topic, from: two)
        for _ in 0...EchoFilter.maximumMisses { _ = filter.take([2], of: chat, on: topic) }
        #expect(filter.take([1], of: chat, on: topic) == nil)
        #expect(filter.take([3], of: chat, on: topic) == two)
        #expect(filter.isEmpty)
    }

    @Test("takes bounded memory, and remembers what came last")
    func bounded() {
        var filter = EchoFilter()
        let large = [UInt8](repeating: 0, count: 64 * 1024)
        let count = 4 * EchoFilter.maximumSize / large.count
        for number in 0..<count {
            filter.expect(large + [UInt8(number)], of: chat, on: topic, from: one)
        }
        let kept = (0..<count).filter { filter.take(large + [UInt8($0)], of: chat, on: topic) == one }
        #expect(kept.contains(count - 1))
        #expect(kept.count * large.count <= 2 * EchoFilter.maximumSize + 2 * large.count)
        #expect(filter.isEmpty)
    }

    @Test("does not count against its bound what has come back")
    func steady() {
        var filter = EchoFilter()
        filter.expect([9], of: chat, on: topic, from: two)
        for _ in 0..<(4 * EchoFilter.maximumSize / 1_000_256) {
            let message = [UInt8](repeating: 1, count: 1_000_000)
            filter.expect(message, of: chat, on: topic, from: one)
            #expect(filter.take(message, of: chat, on: topic) == one)
        }
        #expect(filter.take([9], of: chat, on: topic) == two)
    }
}
