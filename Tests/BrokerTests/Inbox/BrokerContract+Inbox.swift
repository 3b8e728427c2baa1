import Broker
import TestSupport
import Testing
import Wire

/// What `InboxBroker` promises, tried on every broker there is.
@Suite("The broker contract: inboxes")
struct InboxContract {
    @Test(
        "notifications wait in order, each with its id, until a device reads them",
        arguments: BrokerKind.allCases)
    func order(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind, workers: 2)
        defer { inbox.close() }
        let ids = try (1...5).map { try inbox.notify("\($0)", by: $0 % 2) }
        #expect(ids.map(\.offset) == [1, 2, 3, 4, 5])
        #expect(Set(ids.map(\.epoch)).count == 1)
        let page = try inbox.read()
        #expect(page.texts == ["1", "2", "3", "4", "5"])
        #expect(page.end == ids[4])
        #expect(page.unread == 5)
        #expect(page.dropped == 0)
        #expect(!page.hasMore)
        let first = #"{"type":"notification","id":"\#(ids[0])","event":"notification","time":1,"data":"1"}"#
        #expect(page.notifications[0] == Array(first.utf8))
    }

    @Test("a thousand notifications, read in pages", arguments: BrokerKind.allCases)
    func pages(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        var answered = 0
        for number in 1...1_000 {
            inbox.fixture[0].broker.notify(inbox.request("\(number)")) { _ in answered += 1 }
        }
        inbox.fixture.run(until: "all are there") { answered == 1_000 }
        var texts: [String] = []
        var position: MessageID?
        var sizes: [Int] = []
        while true {
            let page = try inbox.read(after: position, limit: 130)
            texts += page.texts
            sizes.append(page.texts.count)
            #expect(page.unread == 1_000)
            position = page.end
            if !page.hasMore { break }
        }
        #expect(texts == (1...1_000).map { "\($0)" })
        #expect(sizes == [130, 130, 130, 130, 130, 130, 130, 90])
        let rest = try inbox.read(after: position)
        #expect(rest.texts.isEmpty)
        #expect(rest.end == position)
    }

    @Test("a page ends at its bytes, but has one notification at least", arguments: BrokerKind.allCases)
    func bytes(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        for _ in 0..<3 { try inbox.notify(String(repeating: "x", count: 10_000)) }
        let page = try inbox.read(maximumBytes: 1)
        #expect(page.texts.count == 1)
        #expect(page.hasMore)
        #expect(try inbox.read(after: page.end, maximumBytes: 15_000).texts.count == 2)
    }

    @Test("each device has its own cursor; what any has acknowledged is read", arguments: BrokerKind.allCases)
    func devices(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind, workers: 2)
        defer { inbox.close() }
        let ids = try (1...4).map { try inbox.notify("\($0)") }
        #expect(try inbox.read("phone").texts.count == 4)
        #expect(try inbox.read("laptop", by: 1).texts.count == 4)
        #expect(try inbox.acknowledge(ids[1], "phone") == InboxMark(id: ids[1], unread: 2))
        #expect(try inbox.read("phone").texts == ["3", "4"])
        let laptop = try inbox.read("laptop", by: 1)
        #expect(laptop.texts == ["1", "2", "3", "4"])
        #expect(laptop.unread == 2, "read is what any device has read")
        #expect(try inbox.acknowledge(ids[2], "laptop", by: 1) == InboxMark(id: ids[2], unread: 1))
        #expect(try inbox.read("phone").texts == ["3", "4"], "the phone has not had 3")
    }

    @Test("acknowledging is cumulative, may be repeated, and never goes back", arguments: BrokerKind.allCases)
    func acknowledging(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        let ids = try (1...5).map { try inbox.notify("\($0)") }
        _ = try inbox.read()
        #expect(try inbox.acknowledge(ids[2]) == InboxMark(id: ids[2], unread: 2))
        #expect(try inbox.acknowledge(ids[2]) == InboxMark(id: ids[2], unread: 2))
        #expect(try inbox.acknowledge(ids[0]) == InboxMark(id: ids[2], unread: 2))
        #expect(try inbox.read().texts == ["4", "5"])
        #expect(try inbox.acknowledge(ids[4])?.unread == 0)
        #expect(try inbox.read().texts.isEmpty)
        try inbox.notify("6")
        #expect(try inbox.read().texts == ["6"])
        #expect(try inbox.read().unread == 1)
    }

    @Test("an id that the inbox has not given out is not acknowledged", arguments: BrokerKind.allCases)
    func unknown(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        #expect(try inbox.acknowledge(MessageID(offset: 1, epoch: "abc")) == nil, "there is no inbox")
        let id = try inbox.notify("1")
        #expect(try inbox.acknowledge(MessageID(offset: 2, epoch: id.epoch)) == nil)
        #expect(try inbox.acknowledge(MessageID(offset: 1, epoch: "x" + id.epoch.dropFirst())) == nil)
        #expect(try inbox.read().unread == 1)
        // A position in another inbox of that name is none in this one.
        #expect(try inbox.read(after: MessageID(offset: 1, epoch: "x" + id.epoch.dropFirst())).texts == ["1"])
    }

    @Test("what every known device has acknowledged is gone for good", arguments: BrokerKind.allCases)
    func deletion(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        let ids = try (1...3).map { try inbox.notify("\($0)") }
        _ = try inbox.read("phone")
        _ = try inbox.read("laptop")
        try inbox.acknowledge(ids[2], "phone")
        #expect(try inbox.read("tablet").texts == ["1", "2", "3"], "the laptop still wants them")
        try inbox.acknowledge(ids[1], "tablet")
        try inbox.acknowledge(ids[1], "laptop")
        #expect(try inbox.read("new").texts == ["3"])
    }

    @Test("over the cap the oldest are dropped, and counted", arguments: BrokerKind.allCases)
    func cap(kind: BrokerKind) throws {
        var inbox = try InboxFixture(kind)
        defer { inbox.close() }
        inbox.rule.size = 3
        for number in 1...5 { try inbox.notify("\(number)") }
        let page = try inbox.read()
        #expect(page.texts == ["3", "4", "5"])
        #expect(page.unread == 3)
        #expect(page.dropped == 2)
    }

    @Test("a key is taken once", arguments: BrokerKind.allCases)
    func idempotency(kind: BrokerKind) throws {
        var inbox = try InboxFixture(kind, workers: 2)
        defer { inbox.close() }
        let first = try inbox.notify("1", key: "order 7")
        #expect(try inbox.notify("again", key: "order 7", by: 1) == first)
        #expect(try inbox.notify("2", key: "order 8") != first)
        #expect(try inbox.read().texts == ["1", "2"])
        inbox.user = UserName("bob")
        try inbox.notify("bob's own", key: "order 7")
        #expect(try inbox.read().texts == ["bob's own"])
    }

    @Test("each expires at its own time, not before", arguments: BrokerKind.allCases)
    func expiry(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        let start = ContinuousClock.now
        try inbox.notify("long")
        try inbox.notify("one second", timeToLive: 1_000)
        try inbox.notify("two seconds", timeToLive: 2_000)
        let put = ContinuousClock.now
        try inbox.ask(until: "two have expired") {
            let asked = ContinuousClock.now
            let page = try inbox.read()
            let answered = ContinuousClock.now
            #expect(page.unread == page.texts.count)
            for (text, life) in [("one second", 1), ("two seconds", 2)] {
                // Each clock is read to the millisecond.
                let isThere = page.texts.contains(text)
                if asked - put > .milliseconds(life * 1_000 + 50) { #expect(!isThere) }
                if answered - start < .milliseconds(life * 1_000 - 50) { #expect(isThere) }
            }
            return page.texts == ["long"]
        }
    }

    @Test("new notifications and what was read are signalled to every worker", arguments: BrokerKind.allCases)
    func signals(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind, workers: 2)
        defer { inbox.close() }
        let topic = Topic.signal("inbox", of: inbox.user)
        inbox.fixture.subscribe(1, to: topic)
        let id = try inbox.notify("hello", key: "k")
        try inbox.notify("hello", key: "k")
        let other = try inbox.notify("more")
        _ = try inbox.read()
        try inbox.acknowledge(id, origin: "node-1")
        try inbox.acknowledge(id, origin: "node-1")
        try inbox.acknowledge(other)
        inbox.fixture.run(until: "all have come") { inbox.fixture[1].recorder.payloads.count >= 4 }
        inbox.fixture.runner.run(forMilliseconds: 20)
        let heard = inbox.fixture[1].recorder.payloads.map { InboxSignal($0.span) }
        var notification: [UInt8] = []
        NotificationEncoder.append(InboxFixture.notification("hello").span, id: id, to: &notification)
        var second: [UInt8] = []
        NotificationEncoder.append(InboxFixture.notification("more").span, id: other, to: &second)
        #expect(
            heard == [
                .added(id, notification), .added(other, second),
                .read(InboxMark(id: id, unread: 1), origin: "node-1"),
                .read(InboxMark(id: other, unread: 0), origin: ""),
            ])
    }

    @Test("a device that was not seen for long is forgotten", arguments: BrokerKind.allCases)
    func forgotten(kind: BrokerKind) throws {
        var inbox = try InboxFixture(kind)
        defer { inbox.close() }
        let id = try inbox.notify("1")
        _ = try inbox.read("old")
        inbox.rule.timeToLive = 1_000
        var round = 0
        try inbox.ask(until: "the old device is not waited for any more") {
            round += 1
            // Each stays known for a second, as the only one at the end.
            inbox.fixture.runner.run(forMilliseconds: 1_100)
            try inbox.acknowledge(id, "phone")
            return try inbox.read("new \(round)").texts.isEmpty
        }
    }

    @Test("so many devices are remembered, and no more", arguments: BrokerKind.allCases)
    func manyDevices(kind: BrokerKind) throws {
        let inbox = try InboxFixture(kind)
        defer { inbox.close() }
        let id = try inbox.notify("1")
        _ = try inbox.read("first")
        // So that the first is the one that was not seen for longest.
        inbox.fixture.runner.run(forMilliseconds: 3)
        for number in 0..<InboxRule.maximumDevices { _ = try inbox.acknowledge(id, "device \(number)") }
        #expect(try inbox.read("late").texts.isEmpty, "all that are remembered have acknowledged it")
    }
}
