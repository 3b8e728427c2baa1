import Broker
import TestSupport
import Testing
import Wire

/// What `Broker` promises, tried on every broker there is.
@Suite("The broker contract")
struct BrokerContract {
    @Test(
        "messages of one publisher to one channel arrive in order, at every worker",
        arguments: BrokerKind.allCases)
    func order(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 3)
        defer { fixture.close() }
        for worker in 0..<3 { fixture.subscribe(worker, to: .channel("chat")) }
        let expected = (0..<5000).map { "message \($0)" }
        for text in expected { fixture[0].publish(text, to: "chat") }
        fixture.run(until: "all have all") {
            fixture.workers.allSatisfy { $0.recorder.messages.count == expected.count }
        }
        for worker in fixture.workers { #expect(worker.recorder.texts == expected) }
    }

    @Test(
        "every subscriber sees the messages of several publishers in the same order",
        arguments: BrokerKind.allCases)
    func sameOrder(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 3)
        defer { fixture.close() }
        for worker in 0..<3 { fixture.subscribe(worker, to: .channel("chat")) }
        // Each publishes from within the turns, when the others' messages are coming in.
        for (index, worker) in fixture.workers.enumerated() {
            var sent = 0
            let publish = {
                guard sent < 300 else { return }
                sent += 1
                worker.publish("\(index):\(sent)", to: "chat")
            }
            worker.recorder.onMessage = publish
            publish()
        }
        fixture.run(until: "all have all") {
            fixture.workers.allSatisfy { $0.recorder.messages.count == 900 }
        }
        #expect(fixture[1].recorder.texts == fixture[0].recorder.texts)
        #expect(fixture[2].recorder.texts == fixture[0].recorder.texts)
        for index in 0..<3 {
            let own = fixture[0].recorder.texts.filter { $0.hasPrefix("\(index):") }
            #expect(own == (1...300).map { "\(index):\($0)" })
        }
    }

    @Test(
        "only subscribers of the channel get a message, the publisher's own included",
        arguments: BrokerKind.allCases)
    func routing(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 3)
        defer { fixture.close() }
        fixture.subscribe(0, to: .channel("a"))
        fixture.subscribe(1, to: .channel("a"), .channel("b"))
        fixture.subscribe(2, to: .channel("b"))
        fixture[0].publish("one", to: "a")
        fixture[0].publish("two", to: "b")
        fixture.settle("b", at: 2)
        fixture.run(until: "the second worker has its three") { fixture[1].recorder.messages.count == 3 }
        #expect(fixture[0].recorder.messages == [.init(.channel("a"), Array("one".utf8))])
        #expect(Set(fixture[1].recorder.texts) == ["one", "two", "the end"])
        #expect(fixture[2].recorder.texts == ["two", "the end"])
    }

    @Test("names are compared by their bytes", arguments: BrokerKind.allCases)
    func byteNames(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        // One é, and an e with an accent of its own: equal as Swift strings.
        fixture.subscribe(0, to: .channel("caf\u{E9}"), .channel("end"))
        fixture[0].publish("other", to: "cafe\u{301}")
        fixture[0].publish("this", to: "caf\u{E9}")
        fixture[0].publish("upper", to: "CAF\u{C9}")
        fixture.settle("end", at: 0)
        #expect(fixture[0].recorder.texts.filter { $0 != "the end" } == ["this"])
    }

    @Test(
        "a pattern gets the messages of all channels that it matches, with their names",
        arguments: BrokerKind.allCases)
    func patterns(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(0, to: .pattern("news.*"), .channel("news.sport"), .pattern("news.[a-s]*"))
        for channel in ["news.sport", "news.", "news", "xnews.sport", "news.weather"] {
            fixture[1].publish("to \(channel)", to: channel)
        }
        fixture[1].publish("last", to: "news.sport")
        let sport = Array("news.sport".utf8)
        fixture.run(until: "the last has come three times") {
            fixture[0].recorder.texts.filter { $0 == "last" }.count == 3
        }
        let received = fixture[0].recorder.messages.filter { $0.payload != Array("last".utf8) }
        let toSport = Array("to news.sport".utf8)
        let expected: [BrokerRecorder.Message] = [
            .init(.channel("news.sport"), toSport),
            .init(.pattern("news.*"), channel: sport, toSport),
            .init(.pattern("news.[a-s]*"), channel: sport, toSport),
            .init(.pattern("news.*"), channel: Array("news.".utf8), Array("to news.".utf8)),
            .init(.pattern("news.*"), channel: Array("news.weather".utf8), Array("to news.weather".utf8)),
        ]
        #expect(received.count == expected.count)
        for message in expected { #expect(received.contains(message)) }
    }

    @Test("a channel and a pattern of the same name are two topics", arguments: BrokerKind.allCases)
    func channelAndPattern(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture.subscribe(0, to: .channel("same"), .pattern("same"))
        fixture[0].publish("1", to: "same")
        fixture.run(until: "both") { fixture[0].recorder.messages.count == 2 }
        fixture[0].broker.unsubscribe(from: .channel("same"))
        fixture.subscribe(0, to: .channel("later"))
        fixture[0].publish("2", to: "same")
        fixture.run(until: "the pattern's") { fixture[0].recorder.messages.count == 3 }
        #expect(fixture[0].recorder.messages.last == .init(.pattern("same"), Array("2".utf8)))
    }

    @Test("payloads are any bytes, none at all, and large ones", arguments: BrokerKind.allCases)
    func payloads(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(1, to: .channel("raw"))
        let payloads: [[UInt8]] = [
            [], Array(0...255), Array("\r\n$5\r\nhello\r\n".utf8), [0], [0xFF, 0xFE, 0xC0], [],
            (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }, [13, 10],
        ]
        for payload in payloads { fixture[0].publish(payload, to: "raw") }
        fixture.run(until: "all have come") { fixture[1].recorder.messages.count == payloads.count }
        let isSame = fixture[1].recorder.payloads == payloads
        #expect(isSame)
    }

    @Test("the payload is copied before publish returns", arguments: BrokerKind.allCases)
    func copied(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture.subscribe(0, to: .channel("raw"))
        var payload: [UInt8] = [1, 2, 3]
        fixture[0].publish(payload, to: "raw")
        for index in payload.indices { payload[index] = 9 }
        fixture.run(until: "it has come") { fixture[0].recorder.messages.count == 1 }
        #expect(fixture[0].recorder.payloads == [[1, 2, 3]])
    }

    @Test("each publish is answered once, in the order of the calls", arguments: BrokerKind.allCases)
    func receipts(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(1, to: .channel("c1"))
        // Receipts are the caller's own: not in any order, and not all different.
        let receipts: [UInt64] = (0..<3000).map { $0 * 7919 % 1009 } + [Receipt.maximum, 0]
        for (index, receipt) in receipts.enumerated() {
            fixture[0].publish("x", to: "c\(index % 3)", receipt: receipt)
        }
        fixture.run(until: "all are answered") { fixture[0].recorder.answers.count >= receipts.count }
        fixture.runner.run(forMilliseconds: 20)
        #expect(fixture[0].recorder.answers == receipts.map { .init($0, .accepted) })
        #expect(fixture[1].recorder.answers.isEmpty)
    }

    @Test("publishing to a channel without subscribers is accepted", arguments: BrokerKind.allCases)
    func nobody(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture[0].publish("x", to: "nobody", receipt: 5)
        fixture.run(until: "it is answered") { !fixture[0].recorder.answers.isEmpty }
        #expect(fixture[0].recorder.answers == [.init(5, .accepted)])
        #expect(fixture[0].recorder.messages.isEmpty)
    }

    @Test("a message published after the confirmation arrives", arguments: BrokerKind.allCases)
    func confirmedMeansLive(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        for round in 0..<100 {
            let channel = "room \(round)"
            fixture.subscribe(0, to: .channel(channel))
            fixture[1].publish(channel, to: channel)
        }
        fixture.run(until: "all have come") { fixture[0].recorder.messages.count == 100 }
        // Different channels have no common order.
        #expect(fixture[0].recorder.texts.sorted() == (0..<100).map { "room \($0)" }.sorted())
    }

    @Test("subscribing twice is confirmed once and delivers once", arguments: BrokerKind.allCases)
    func idempotent(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        for _ in 0..<3 { fixture[0].broker.subscribe(to: .channel("chat")) }
        fixture.subscribe(0, to: .channel("chat"))
        fixture[0].broker.subscribe(to: .channel("chat"))
        fixture.settle("chat", at: 0)
        fixture.runner.run(forMilliseconds: 20)
        #expect(fixture[0].recorder.texts == ["the end"])
        #expect(fixture[0].recorder.subscribed == [.channel("chat")])
    }

    @Test(
        "nothing published after an unsubscribe arrives; unsubscribing from nothing is harmless",
        arguments: BrokerKind.allCases)
    func unsubscribe(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(0, to: .channel("a"), .channel("b"), .pattern("p*"))
        fixture[0].broker.unsubscribe(from: .channel("never"))
        fixture[0].broker.unsubscribe(from: .channel("a"))
        fixture[0].broker.unsubscribe(from: .channel("a"))
        fixture[0].broker.unsubscribe(from: .pattern("p*"))
        // A later subscription's confirmation says that the broker has seen the unsubscribes.
        fixture.subscribe(0, to: .channel("later"))
        fixture[1].publish("no", to: "a")
        fixture[1].publish("no", to: "pp")
        fixture[1].publish("yes", to: "b")
        fixture.settle("b", from: 1, at: 0)
        #expect(fixture[0].recorder.texts == ["yes", "the end"])
    }

    @Test("after races of subscribe and unsubscribe the last call counts", arguments: BrokerKind.allCases)
    func races(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let broker = fixture[0].broker
        let (kept, dropped) = (Topic.channel("kept"), Topic.channel("dropped"))
        for round in 0..<20 {
            broker.subscribe(to: kept)
            broker.unsubscribe(from: kept)
            broker.unsubscribe(from: dropped)
            broker.subscribe(to: dropped)
            // Sometimes within a turn, sometimes over several.
            if round % 5 == 4 { fixture.runner.run(forMilliseconds: 1) }
        }
        fixture.run(until: "the last has been answered") { fixture[0].recorder.subscribed.last == dropped }
        fixture[0].recorder.forget()
        broker.subscribe(to: kept)
        broker.unsubscribe(from: dropped)
        fixture.run(until: "kept is live") { fixture[0].recorder.subscribed == [kept] }
        // Live means that no command under way ends it again.
        fixture[0].publish("no", to: "dropped")
        fixture[0].publish("yes", to: "kept")
        fixture.settle("kept", at: 0)
        #expect(fixture[0].recorder.texts == ["yes", "the end"])
        #expect(fixture[0].recorder.subscribed == [kept])
    }

    @Test(
        "a topic that was given up before its confirmation is not confirmed", arguments: BrokerKind.allCases)
    func givenUp(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        fixture[0].broker.subscribe(to: .channel("gone"))
        fixture[0].broker.unsubscribe(from: .channel("gone"))
        fixture.subscribe(0, to: .channel("stays"))
        fixture.runner.run(forMilliseconds: 10)
        #expect(fixture[0].recorder.subscribed == [.channel("stays")])
    }

    @Test("twenty thousand topics, each with its own messages", arguments: BrokerKind.allCases)
    func manyTopics(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        let count = 20_000
        for index in 0..<count { fixture[0].broker.subscribe(to: .channel("topic:\(index)")) }
        fixture.run(until: "all are live") { fixture[0].recorder.subscribed.count == count }
        for index in stride(from: 0, to: count, by: 97) {
            fixture[1].publish("\(index)", to: "topic:\(index)")
        }
        let expected = stride(from: 0, to: count, by: 97).map { "\($0)" }
        fixture.run(until: "all have come") { fixture[0].recorder.messages.count == expected.count }
        for message in fixture[0].recorder.messages {
            #expect(message.name == Array("topic:".utf8) + message.payload)
        }
    }

    @Test("a delegate may publish, subscribe and unsubscribe in every call", arguments: BrokerKind.allCases)
    func reentrancy(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let worker = fixture[0]
        var steps: [String] = []
        worker.recorder.onSubscribed = {
            steps.append("subscribed")
            worker.publish("1", to: "first")
        }
        worker.recorder.onMessage = {
            steps.append("message")
            guard worker.recorder.messages.count == 1 else { return }
            worker.broker.unsubscribe(from: .channel("first"))
            worker.broker.subscribe(to: .channel("second"))
        }
        worker.recorder.onAnswer = {
            steps.append("answer")
            if worker.recorder.answers.count < 4 { worker.publish("2", to: "second") }
        }
        worker.broker.subscribe(to: .channel("first"))
        fixture.run(until: "the chain has ended") {
            worker.recorder.answers.count >= 5 && worker.recorder.subscribed.count == 2
        }
        #expect(steps.first == "subscribed")
        #expect(worker.recorder.subscribed == [.channel("first"), .channel("second")])
    }

    @Test(
        "close() fails what is unanswered, in order and at once, and is the end",
        arguments: BrokerKind.allCases)
    func close(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind, workers: 2)
        defer { fixture.close() }
        fixture.subscribe(0, to: .channel("chat"))
        for receipt in 1...5 { fixture[0].publish("x", to: "elsewhere", receipt: UInt64(receipt)) }
        fixture[0].broker.close()
        #expect(fixture[0].recorder.answers == (1...5).map { .init($0, .failed(.unavailable)) })
        #expect(fixture[0].broker.delegate == nil)
        let calls = fixture[0].recorder.callCount
        // Calls after the end, and messages of others, go nowhere.
        fixture[0].publish("x", to: "chat", receipt: 6)
        fixture[0].broker.subscribe(to: .channel("chat"))
        fixture[0].broker.flush()
        fixture[0].broker.close()
        fixture[1].publish("y", to: "chat")
        fixture.run(until: "the other goes on") { fixture[1].recorder.answers.count == 1 }
        fixture.runner.run(forMilliseconds: 20)
        #expect(fixture[0].recorder.callCount == calls)
        #expect(fixture[0].recorder.messages.isEmpty)
    }

    @Test("close() within a delegate call answers all publishes once", arguments: BrokerKind.allCases)
    func closeWithin(kind: BrokerKind) throws {
        let fixture = try BrokerFixture(kind)
        defer { fixture.close() }
        let worker = fixture[0]
        for receipt in 0..<10 { worker.publish("x", to: "chat", receipt: UInt64(receipt)) }
        worker.recorder.onAnswer = { if worker.recorder.answers.count == 4 { worker.broker.close() } }
        fixture.run(until: "all are answered") { worker.recorder.answers.count >= 10 }
        #expect(
            worker.recorder.answers
                == (0..<10).map { .init(UInt64($0), $0 < 4 ? .accepted : .failed(.unavailable)) })
    }
}
