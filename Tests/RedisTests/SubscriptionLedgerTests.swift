import TestSupport
import Testing
import Wire

@testable import Redis

@Suite("SubscriptionLedger")
struct SubscriptionLedgerTests {
    private let chat = Topic.channel("chat")
    private let news = Topic.pattern("news.*")
    private let third = Topic.channel("third")

    @Test("a topic is live from its confirmation on, once")
    func simple() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat, news)
        #expect(ledger.count == 2 && ledger.unconfirmed == 2)
        #expect(!ledger.isLive(chat) && ledger.isSent(chat))
        #expect(ledger.confirmed(chat))
        #expect(ledger.isLive(chat) && !ledger.isLive(news))
        #expect(!ledger.confirmed(chat), "a confirmation that nothing was sent for")
        #expect(ledger.confirmed(news))
        #expect(ledger.unconfirmed == 0)
        #expect(!ledger.want(chat), "it is wanted already")
    }

    @Test("only the confirmation of the last SUBSCRIBE makes a topic live")
    func lastCounts() {
        let ledger = LedgerUnderTest()
        for _ in 0..<3 {
            ledger.subscribe(chat)
            ledger.unsubscribe(chat)
        }
        ledger.subscribe(chat)
        for _ in 0..<3 {
            #expect(!ledger.confirmed(chat))
            ledger.unsubscribed()
        }
        #expect(ledger.confirmed(chat))
    }

    @Test("a topic that was dropped is not confirmed, and is forgotten")
    func dropped() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat)
        ledger.unsubscribe(chat)
        #expect(ledger.count == 0 && ledger.unconfirmed == 0)
        #expect(!ledger.confirmed(chat))
        ledger.unsubscribed()
        #expect(ledger.reset().isEmpty)
        #expect(!ledger.drop(chat) && !ledger.drop(third))
    }

    @Test("a lost connection leaves what is wanted, and nothing live")
    func reset() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat, news, third)
        _ = ledger.confirmed(chat)
        ledger.unsubscribe(third)
        #expect(Set(ledger.reset()) == [chat, news])
        #expect(ledger.unconfirmed == 2 && !ledger.isLive(chat) && !ledger.isSent(news))
        // Confirmations count from the new connection on.
        ledger.sent([chat])
        ledger.sent([news])
        #expect(ledger.confirmed(chat) && ledger.confirmed(news))
    }

    @Test("an error for one topic is final until the next connection")
    func refused() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat, third)
        #expect(ledger.refused() == .topic(chat))
        #expect(ledger.unconfirmed == 1 && ledger.count == 2)
        #expect(ledger.confirmed(third))
        #expect(ledger.unconfirmed == 0)
        #expect(Set(ledger.reset()) == [chat, third])
        #expect(ledger.unconfirmed == 2)
    }

    @Test("dropping a refused topic, and wanting it again, begins anew")
    func refusedThenWanted() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat)
        #expect(ledger.refused() == .topic(chat))
        ledger.unsubscribe(chat)
        #expect(ledger.unconfirmed == 0 && ledger.count == 0)
        ledger.unsubscribed()
        ledger.subscribe(chat)
        #expect(ledger.unconfirmed == 1)
        #expect(ledger.confirmed(chat))
    }

    @Test("an error for a batch asks for its topics one by one, without those that are not wanted any more")
    func refusedBatch() {
        let ledger = LedgerUnderTest()
        for topic in [chat, third] { _ = ledger.want(topic) }
        ledger.sent([chat, third])
        ledger.unsubscribe(third)
        #expect(ledger.refused() == .batch([chat]))
        #expect(!ledger.isSent(chat) && ledger.unconfirmed == 1)
        ledger.sent([chat])
        ledger.unsubscribed()
        #expect(ledger.confirmed(chat))
    }

    @Test("an error is put down to the oldest command without an answer")
    func attribution() {
        let ledger = LedgerUnderTest()
        for topic in [chat, third] { _ = ledger.want(topic) }
        ledger.sent([chat, third])
        _ = ledger.want(news)
        ledger.sent([news])
        #expect(ledger.confirmed(chat) && ledger.confirmed(third))
        #expect(ledger.refused() == .topic(news))
        #expect(ledger.refused() == .unexpected)
    }

    @Test("a refusal of a topic that was dropped meanwhile concerns nobody")
    func refusedDropped() {
        let ledger = LedgerUnderTest()
        ledger.subscribe(chat)
        ledger.unsubscribe(chat)
        #expect(ledger.refused() == .topic(nil))
        ledger.unsubscribed()
        #expect(ledger.unconfirmed == 0)
    }

    /// A Redis that subscribes without being asked why, or refuses by a rule, answering after any delay.
    @Test("any interleaving of calls, answers and refusals ends as the last calls say", arguments: 0..<200)
    func random(seed: Int) {
        enum Sent {
            case subscribe([Topic])
            case unsubscribe(Topic)
        }
        var random = SeededGenerator(seed: UInt64(seed))
        let ledger = LedgerUnderTest()
        let topics = (0..<5).map { Topic.channel("t\($0)") }
        let forbidden = topics[0]
        var wire: [Sent] = []
        var subscribed: Set<Topic> = []
        var wanted: Set<Topic> = []
        var live: Set<Topic> = []

        func send(_ topics: [Topic]) {
            guard !topics.isEmpty else { return }
            ledger.sent(topics)
            wire.append(.subscribe(topics))
        }
        func answerOne() {
            guard !wire.isEmpty else { return }
            switch wire.removeFirst() {
            case .subscribe(let topics) where topics.contains(forbidden):
                if case .batch(let left) = ledger.refused() { for topic in left { send([topic]) } }
            case .subscribe(let topics):
                for topic in topics {
                    subscribed.insert(topic)
                    if ledger.confirmed(topic) { live.insert(topic) }
                }
            case .unsubscribe(let topic):
                subscribed.remove(topic)
                ledger.unsubscribed()
            }
            for topic in live { #expect(subscribed.contains(topic) || !wanted.contains(topic)) }
        }
        for _ in 0..<300 {
            let topic = topics[Int.random(in: 0..<topics.count, using: &random)]
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<6:
                wanted.insert(topic)
                if ledger.want(topic) { send([topic]) }
            case 6..<10:
                wanted.remove(topic)
                live.remove(topic)
                if ledger.drop(topic) {
                    ledger.sentUnsubscribe()
                    wire.append(.unsubscribe(topic))
                }
            case 10..<19: answerOne()
            default:
                // The connection is lost, and all is asked for at once on the next.
                wire = []
                subscribed = []
                live = []
                send(ledger.reset())
            }
        }
        while !wire.isEmpty { answerOne() }
        #expect(live == wanted.subtracting([forbidden]))
        #expect(subscribed == live)
        #expect(ledger.count == wanted.count)
        #expect(ledger.unconfirmed == 0)
        for topic in topics { #expect(ledger.isLive(topic) == live.contains(topic)) }
    }
}
