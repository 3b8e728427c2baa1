import Broker
import TestSupport
import Testing
import Wire

/// Inbox operations on a broker, each waited for.
struct InboxFixture {
    let fixture: BrokerFixture
    var rule = InboxRule(size: 1_000, timeToLive: 60_000)
    var user = UserName("alice")

    init(_ kind: BrokerKind, workers: Int = 1) throws { fixture = try BrokerFixture(kind, workers: workers) }

    /// A notification whose data is `text`, without an id.
    static func notification(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        NotificationEncoder.append(
            event: nil, from: nil, time: 1, data: Array(text.utf8).span, form: .text, to: &bytes)
        return bytes
    }

    func request(_ text: String, timeToLive: Int64? = nil, key: String? = nil) -> NotifyRequest {
        NotifyRequest(
            user: user, notification: Self.notification(text), timeToLive: timeToLive,
            idempotencyKey: key.map { Array($0.utf8) }, rule: rule)
    }

    /// Waits for what is asked for with a completion.
    private func wait<Answer>(
        _ what: String, _ worker: Int, sourceLocation: SourceLocation,
        _ ask: (any Broker, @escaping (Result<Answer, BrokerFailure>) -> Void) -> Void
    ) throws -> Answer {
        var result: Result<Answer, BrokerFailure>?
        ask(fixture[worker].broker) { result = $0 }
        #expect(result == nil, "answered inside the call", sourceLocation: sourceLocation)
        fixture.run(until: what, sourceLocation: sourceLocation) { result != nil }
        return try #require(result, sourceLocation: sourceLocation).get()
    }

    @discardableResult
    func notify(
        _ text: String, timeToLive: Int64? = nil, key: String? = nil, by worker: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> MessageID {
        try wait("notified", worker, sourceLocation: sourceLocation) { broker, then in
            broker.notify(request(text, timeToLive: timeToLive, key: key), then: then)
        }
    }

    func read(
        _ device: String = "phone", after: MessageID? = nil, limit: Int = 100, maximumBytes: Int = 1 << 18,
        by worker: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> InboxPage {
        let request = InboxRequest(
            user: user, device: DeviceName(device), after: after, limit: limit, maximumBytes: maximumBytes,
            rule: rule)
        return try wait("read", worker, sourceLocation: sourceLocation) { $0.readInbox(request, then: $1) }
    }

    @discardableResult
    func acknowledge(
        _ id: MessageID, _ device: String = "phone", by worker: Int = 0, origin: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> InboxMark? {
        let request = AcknowledgeRequest(
            user: user, device: DeviceName(device), id: id, origin: origin, rule: rule)
        return try wait("acknowledged", worker, sourceLocation: sourceLocation) {
            $0.acknowledge(request, then: $1)
        }
    }

    /// Asks again and again until what it asks for is so.
    func ask(
        until what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
    ) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within 20 s: \(what)", sourceLocation: sourceLocation)
                return
            }
        }
    }

    func close() { fixture.close() }
}

extension InboxPage {
    /// The data of its notifications, which are strings.
    var texts: [String] {
        notifications.map { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return text.components(separatedBy: #""data":""#).last.map { String($0.dropLast(2)) } ?? text
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var found: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            found.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return found + [String(rest)]
    }
}
