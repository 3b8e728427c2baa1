import Broker
import EventLoop
import TestSupport
import Testing
import Wire

/// What both brokers promise about histories.
@Suite("The broker contract: history")
struct BrokerHistoryContract {
    private let chat: ChannelName
    private let rule = HistoryRule(size: 5, timeToLive: 60_000)

    init() throws { chat = try ChannelName(validating: "chat") }

    private struct Said {
        let id: MessageID
        let message: [UInt8]
    }

    private func message(_ text: String, to channel: ChannelName) -> (bytes: [UInt8], idPosition: Int) {
        var bytes: [UInt8] = []
        let position = MessageEncoder.append(
            channel: channel.bytes.span, event: nil, from: nil, time: 1, data: Array(text.utf8).span,
            form: .text,
            to: &bytes)
        return (bytes, position)
    }

    /// Publishes and waits for the answer.
    private func outcome(
        _ text: String, _ fixture: BrokerFixture, _ worker: Int = 0, rule: HistoryRule?, key: String? = nil,
        timeToLive: Int64? = nil, channel: ChannelName? = nil
    ) -> PublishOutcome? {
        let channel = channel ?? chat
        let (bytes, position) = message(text, to: channel)
        let request = StoreRequest(
            rule: rule, idPosition: position, idempotencyKey: key.map { Array($0.utf8) },
            timeToLive: timeToLive)
        let count = fixture[worker].recorder.answers.count
        fixture[worker].broker.publish(
            bytes.span, to: channel.bytes.span, store: request, receipt: Receipt.maximum)
        fixture.run(until: "published") { fixture[worker].recorder.answers.count > count }
        #expect(fixture[worker].recorder.answers.last?.receipt == Receipt.maximum)
        return fixture[worker].recorder.answers.last?.outcome
    }

    /// Publishes and expects it to be stored.
    private func store(
        _ text: String, _ fixture: BrokerFixture, _ worker: Int = 0, rule: HistoryRule? = nil,
        key: String? = nil,
        timeToLive: Int64? = nil
    ) throws -> Said {
        let outcome = outcome(
            text, fixture, worker, rule: rule ?? self.rule, key: key, timeToLive: timeToLive)
        guard case .stored(let id) = outcome else {
            throw Failure("not stored: \(String(describing: outcome))")
        }
        let (bytes, position) = message(text, to: chat)
        var stored: [UInt8] = []
        MessageEncoder.append(bytes.span, id: id, at: position, to: &stored)
        return Said(id: id, message: stored)
    }

    private struct Failure: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private func read(
        _ fixture: BrokerFixture, _ worker: Int = 0, after: UInt64 = 0, limit: Int = 100,
        edge: HistoryRequest.Edge = .oldest, maximumBytes: Int = HistoryRequest.pageBytes,
        channel: ChannelName? = nil
    ) throws -> HistoryPage {
        var answer: Result<HistoryPage, BrokerFailure>?
        var isInside = true
        let request = HistoryRequest(
            channel: channel ?? chat, after: after, limit: limit, edge: edge, maximumBytes: maximumBytes)
        fixture[worker].broker.readHistory(request) { result in
            #expect(!isInside && answer == nil)
            answer = result
        }
        isInside = false
        fixture.run(until: "the page is read") { answer != nil }
        return try #require(answer).get()
    }

    /// Reads again and again, for a second at most.
    private func readUntil(
        _ what: String, _ fixture: BrokerFixture, _ condition: (HistoryPage) -> Bool
    ) throws {
        for _ in 0..<100 {
            if condition(try read(fixture)) { return }
            fixture.runner.run(forMilliseconds: 10)
        }
        Issue.record("not within a second: \(what)")
    }

    @Test("gives consecutive offsets, and delivers what it stored", arguments: BrokerKind.allCases)
    func stores(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(1, to: .channel(chat))
        #expect(try read(fixture) == .empty)
        let said = try (1...3).map { try store("m\($0)", fixture, $0 % 2) }
        #expect(said.map(\.id.offset) == [1, 2, 3])
        #expect(Set(said.map(\.id.epoch)).count == 1)
        fixture.run(until: "all are delivered") { fixture[1].recorder.payloads.count == 3 }
        #expect(fixture[1].recorder.payloads == said.map(\.message))
        let page = try read(fixture, 1)
        #expect(page.items.map(\.message) == said.map(\.message))
        #expect(page.items.map(\.offset) == [1, 2, 3])
        #expect(page.newestID == said[2].id && page.oldest == 1)
        #expect(page.isComplete(since: said[0].id))
        let first = said[0].message
        let view = MessageView(first.span, channel: chat.bytes.span)
        #expect(view?.withoutID(first.span) == message("m1", to: chat).bytes)
    }

    @Test("pages by offset, by count, by bytes and from either edge", arguments: BrokerKind.allCases)
    func pages(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let large = HistoryRule(size: 1000, timeToLive: 60_000)
        for number in 1...250 { _ = try store("m\(number)", fixture, rule: large) }
        #expect(try read(fixture, after: 3, limit: 2).items.map(\.offset) == [4, 5])
        #expect(try read(fixture, after: 3, limit: 2, edge: .newest).items.map(\.offset) == [249, 250])
        #expect(try read(fixture, after: 249, limit: 9, edge: .newest).items.map(\.offset) == [250])
        #expect(try read(fixture, limit: 1000).items.map(\.offset) == Array(1...250))
        #expect(try read(fixture, limit: 1000, edge: .newest).items.map(\.offset) == Array(1...250))
        #expect(try read(fixture, limit: 130, edge: .newest).items.map(\.offset) == Array(121...250))
        #expect(try read(fixture, after: 250).items.isEmpty)
        #expect(try read(fixture, after: 1_000_000).items.isEmpty)
        let head = try read(fixture, limit: 0)
        #expect(head.items.isEmpty && head.newest == 250 && head.oldest == 1)
        // At least one, however large it is.
        #expect(try read(fixture, maximumBytes: 1).items.map(\.offset) == [1])
        #expect(try read(fixture, edge: .newest, maximumBytes: 1).items.map(\.offset) == [250])
    }

    @Test("keeps as many as its rule says, and knows that more were there", arguments: BrokerKind.allCases)
    func trims(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let said = try (1...9).map { try store("m\($0)", fixture) }
        let page = try read(fixture)
        #expect(page.items.map(\.offset) == [5, 6, 7, 8, 9])
        #expect(page.oldest == 5 && page.newest == 9)
        #expect(page.isComplete(since: said[3].id))
        #expect(!page.isComplete(since: said[2].id))
        #expect(!page.isComplete(since: MessageID(offset: 8, epoch: "another")))
        #expect(!page.isComplete(since: MessageID(offset: 10, epoch: said[0].id.epoch)))
    }

    @Test("a second publish with the same key is answered as the first was", arguments: BrokerKind.allCases)
    func keys(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(1, to: .channel(chat))
        let first = try store("one", fixture, key: "k")
        let again = try store("another", fixture, 1, key: "k")
        let other = try store("two", fixture, key: "l")
        #expect(again.id == first.id)
        #expect(other.id.offset == 2)
        fixture.run(until: "both are delivered") { fixture[1].recorder.payloads.count >= 2 }
        #expect(fixture[1].recorder.payloads == [first.message, other.message])
        // Also where nothing else is kept.
        #expect(outcome("x", fixture, rule: nil, key: "m") == .accepted)
        #expect(outcome("y", fixture, rule: nil, key: "m") == .accepted)
        #expect(try store("end", fixture).id.offset == 3)
        fixture.run(until: "the rest is delivered") { fixture[1].recorder.payloads.count >= 4 }
        #expect(fixture[1].recorder.payloads[2] == message("x", to: chat).bytes)
        #expect(fixture[1].recorder.payloads.count == 4)
    }

    @Test(
        "a message can end before its history, and history with its last message",
        arguments: BrokerKind.allCases)
    func expiry(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let first = try store("short", fixture, timeToLive: 1)
        let second = try store("long", fixture, timeToLive: 60_000)
        try readUntil("the first has ended", fixture) { $0.items.first?.message == [] }
        let page = try read(fixture)
        #expect(page.items == [.init(offset: 1, message: []), .init(offset: 2, message: second.message)])
        #expect(page.isComplete(since: first.id))
        _ = try store("last", fixture, rule: HistoryRule(size: 5, timeToLive: 1))
        try readUntil("all has ended", fixture) { $0 == .empty }
        let anew = try store("anew", fixture)
        #expect(anew.id.offset == 1 && anew.id.epoch != first.id.epoch)
    }

    @Test("signals reach those who listen, and no pattern", arguments: BrokerKind.allCases)
    func signals(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        let topic = Topic.signal("test", of: chat)
        #expect(topic.description == "roost:{chat}:test" && topic.name.isSignal)
        fixture.subscribe(1, to: topic, .pattern(try ChannelName(validating: "*")))
        fixture[0].broker.signal([1, 2], on: topic)
        fixture.settle("end", at: 1)
        #expect(fixture[1].recorder.messages.first == .init(topic, [1, 2]))
        #expect(fixture[1].recorder.messages.count == 2)
    }

    @Test("what is asked of a closed broker fails", arguments: BrokerKind.allCases)
    func closed(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        let broker = fixture[0].broker
        var answers: [Result<HistoryPage, BrokerFailure>] = []
        broker.readHistory(HistoryRequest(channel: chat, limit: 1)) { answers.append($0) }
        broker.close()
        #expect(answers.count == 1)
        fixture.close()
    }
}
