import Broker
import Wire

/// Remembers what a broker told it, in order.
public final class BrokerRecorder: BrokerDelegate {
    public struct Message: Equatable {
        public let kind: Topic.Kind
        public let name: [UInt8]
        public let channel: [UInt8]
        public let payload: [UInt8]

        public init(_ topic: Topic, channel: [UInt8]? = nil, _ payload: [UInt8]) {
            kind = topic.kind
            name = topic.name.bytes
            self.channel = channel ?? topic.name.bytes
            self.payload = payload
        }
    }

    public struct Answer: Equatable {
        public let receipt: UInt64
        public let outcome: PublishOutcome

        public init(_ receipt: UInt64, _ outcome: PublishOutcome) {
            self.receipt = receipt
            self.outcome = outcome
        }
    }

    public private(set) var messages: [Message] = []
    public private(set) var answers: [Answer] = []
    public private(set) var subscribed: [Topic] = []
    public private(set) var statuses: [BrokerStatus] = []
    public private(set) var drainedCount = 0
    public private(set) var callCount = 0

    public var onMessage: () -> Void = {}
    public var onAnswer: () -> Void = {}
    public var onSubscribed: () -> Void = {}

    public init() {}

    /// Lets go of what a test is called by.
    public func letGo() { (onMessage, onAnswer, onSubscribed) = ({}, {}, {}) }

    public var payloads: [[UInt8]] { messages.map(\.payload) }
    public var texts: [String] { payloads.map { String(decoding: $0, as: UTF8.self) } }
    /// Since the last status told, or `nil`.
    public var status: BrokerStatus? { statuses.last }

    /// The reason of the last `unavailable`, or "".
    public var reason: String {
        for case .unavailable(let reason) in statuses.reversed() { return reason }
        return ""
    }

    public func forget() {
        messages = []
        answers = []
        subscribed = []
        statuses = []
        drainedCount = 0
    }

    public func brokerReceived(
        _ payload: Span<UInt8>, kind: Topic.Kind, name: Span<UInt8>, channel: Span<UInt8>
    ) {
        callCount += 1
        guard let topic = try? ChannelName(fromBroker: name) else { return }
        messages.append(
            Message(Topic(kind, topic), channel: [UInt8](copying: channel), [UInt8](copying: payload)))
        onMessage()
    }

    public func brokerSubscribed(kind: Topic.Kind, name: Span<UInt8>) {
        callCount += 1
        guard let name = try? ChannelName(fromBroker: name) else { return }
        subscribed.append(Topic(kind, name))
        onSubscribed()
    }

    public func brokerPublished(receipt: UInt64, outcome: PublishOutcome) {
        callCount += 1
        answers.append(Answer(receipt, outcome))
        onAnswer()
    }

    public private(set) var losses = 0
    public private(set) var refusals: [Topic] = []

    public func brokerRefused(_ topic: Topic, reason: String) {
        callCount += 1
        refusals.append(topic)
    }

    public func brokerLostSubscriptions() {
        callCount += 1
        losses += 1
    }

    public func brokerStatusChanged(_ status: BrokerStatus) {
        callCount += 1
        statuses.append(status)
    }

    public func brokerDrained() {
        callCount += 1
        drainedCount += 1
    }
}
