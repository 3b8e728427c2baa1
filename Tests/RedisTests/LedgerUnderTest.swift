import Wire

@testable import Redis

/// A ledger by reference, as `#expect` cannot call what mutates a value, and with the commands that a broker sends.
final class LedgerUnderTest {
    private var ledger = SubscriptionLedger()

    var count: Int { ledger.count }
    var unconfirmed: Int { ledger.unconfirmed }

    /// Subscribes as if there were a connection.
    func subscribe(_ topics: Topic...) {
        for topic in topics where ledger.want(topic) { ledger.sent([topic]) }
    }

    func unsubscribe(_ topic: Topic) {
        if ledger.drop(topic) { ledger.sentUnsubscribe() }
    }

    func want(_ topic: Topic) -> Bool { ledger.want(topic) }
    func drop(_ topic: Topic) -> Bool { ledger.drop(topic) }
    func sent(_ topics: [Topic]) { ledger.sent(topics) }
    func sentUnsubscribe() { ledger.sentUnsubscribe() }
    func confirmed(_ topic: Topic) -> Bool { ledger.confirmed(topic) }
    func unsubscribed() { ledger.unsubscribed() }
    func refused() -> SubscriptionLedger.Refusal { ledger.refused() }
    func reset() -> [Topic] { ledger.reset() }
    func isLive(_ topic: Topic) -> Bool { ledger.isLive(topic) }
    func isSent(_ topic: Topic) -> Bool { ledger.isSent(topic) }
}
