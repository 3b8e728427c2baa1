import Synchronization
import Wire

/// One worker's way into a `MemoryBroker`. Everything is answered in `drain`, on the worker's thread.
public final class MemoryBrokerPort: Broker {
    public var delegate: (any BrokerDelegate)?
    public private(set) var status = BrokerStatus.connecting
    public private(set) var isCongested = false

    let broker: MemoryBroker
    let id: Int
    private let wake: @Sendable () -> Void
    /// Answers to be given in the next `drain`, after what was delivered before them.
    private var answers: [() -> Void] = []
    private var isClosed = false
    /// What is subscribed to, and by which request.
    private var topics: [Topic: UInt64] = [:]
    private var requests: UInt64 = 0
    /// What is being drained, and what is left of it.
    private var taken: [MemoryBrokerInbox.Delivery] = []
    private var nextTaken = 0

    /// An emptied inbox keeps its memory up to this many deliveries.
    private static let keptDeliveries = 8192

    init(of broker: MemoryBroker, id: Int, wake: @escaping @Sendable () -> Void) {
        self.broker = broker
        self.id = id
        self.wake = wake
    }

    public func start() {
        status = .ready
        delegate?.brokerStatusChanged(.ready)
    }

    public func publish(
        _ payload: Span<UInt8>, to channel: Span<UInt8>, store: StoreRequest?, receipt: UInt64
    ) {
        guard !isClosed else { return }
        let bytes = [UInt8](copying: payload)
        // No subscription can have a name that is not valid; such a channel has no receivers.
        let name = try? ChannelName(validating: [UInt8](copying: channel))
        let shouldPause = broker.state.withLock { state in
            state.publish(
                bytes, to: name, store: store, now: store == nil ? 0 : broker.clock(), from: id,
                receipt: receipt, maximum: broker.maximumInbox)
        }
        if shouldPause { isCongested = true }
    }

    public func signal(
        _ payload: [UInt8], on topic: Topic, then: @escaping (Result<Void, BrokerFailure>) -> Void
    ) {
        ask(then) { state, _ in state.signal(payload, on: topic) }
    }

    public func readHistory(
        _ request: HistoryRequest, then: @escaping (Result<HistoryPage, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in state.histories.read(request, now: now) }
    }

    public func renewHistory(of channel: ChannelName, epoch: String) {
        broker.state.withLock { $0.histories.renew(channel, epoch: epoch) }
    }

    /// Asks something of the broker's state, and answers in the next `drain`.
    func ask<Answer>(
        _ then: @escaping (Result<Answer, BrokerFailure>) -> Void,
        _ body: (inout MemoryBrokerState, _ now: Int64) -> Answer
    ) {
        guard !isClosed else { return answer { then(.failure(.unavailable)) } }
        let now = broker.clock()
        let found = broker.state.withLock { body(&$0, now) }
        answer { then(.success(found)) }
    }

    private func answer(_ body: @escaping () -> Void) {
        answers.append(body)
        if answers.count == 1 { wake() }
    }

    public func subscribe(to topic: Topic) {
        guard !isClosed, topics[topic] == nil else { return }
        requests += 1
        topics[topic] = requests
        broker.state.withLock { $0.add(id, to: topic, request: requests) }
    }

    public func unsubscribe(from topic: Topic) {
        guard topics.removeValue(forKey: topic) != nil else { return }
        broker.state.withLock { $0.remove(id, from: topic) }
    }

    /// Everything has been handed over already.
    public func flush() {}

    public func close() {
        guard !isClosed else { return }
        isClosed = true
        status = .unavailable("closed")
        isCongested = false
        var rest = Array(taken[min(nextTaken, taken.count)...])
        var waiting: [MemoryBrokerInbox.Delivery] = []
        broker.state.withLock { state in
            state.take(id, into: &waiting, maximum: broker.maximumInbox)
            for topic in topics.keys { state.remove(id, from: topic) }
            state.close(id, maximum: broker.maximumInbox)
        }
        topics = [:]
        rest += waiting
        for case .published(let receipt, _) in rest {
            delegate?.brokerPublished(receipt: receipt, outcome: .failed(.unavailable))
        }
        giveAnswers()
        delegate = nil
    }

    /// Tells the delegate all that has gathered. On the worker's thread, after `wake`; not from a delegate call.
    public func drain() {
        broker.state.withLock { $0.take(id, into: &taken, maximum: broker.maximumInbox) }
        nextTaken = 0
        while !isClosed, nextTaken < taken.count {
            let delivery = taken[nextTaken]
            nextTaken += 1
            tell(delivery)
        }
        nextTaken = 0
        taken.removeAll(keepingCapacity: taken.count <= Self.keptDeliveries)
        giveAnswers()
    }

    private func giveAnswers() {
        let given = answers
        answers = []
        for body in given { body() }
    }

    private func tell(_ delivery: MemoryBrokerInbox.Delivery) {
        switch delivery {
        case .message(let kind, let name, let channel, let payload):
            delegate?.brokerReceived(payload.span, kind: kind, name: name.span, channel: channel.span)
        case .subscribed(let topic, let request):
            guard topics[topic] == request else { return }
            delegate?.brokerSubscribed(kind: topic.kind, name: topic.name.bytes.span)
        case .published(let receipt, let outcome):
            delegate?.brokerPublished(receipt: receipt, outcome: outcome)
        case .drained:
            isCongested = false
            delegate?.brokerDrained()
        }
    }
}
