import Wire

/// Where channels live, as one worker sees it. Two implementations: `MemoryBroker` and Redis's `RedisBroker`.
///
/// **Ordering.** Messages of one publisher to one channel are delivered in the order of its `publish` calls,
/// and every subscriber of a channel on this broker sees the same order. Between channels nothing is promised.
/// **Delivery.** At most once; a message accepted while a topic is subscribed is delivered to it, the
/// publisher's own included. A topic counts as subscribed from `brokerSubscribed` on.
/// **Threading.** Confined to its worker's thread, delegate calls included. No call blocks.
/// **Answers.** What is asked with a completion is answered exactly once, on the worker's thread, and never inside
/// the call that asked.
public protocol Broker: QueueBroker, InboxBroker, PresenceBroker {
    /// Strong; `close()` lets go of it.
    var delegate: (any BrokerDelegate)? { get set }

    var status: BrokerStatus { get }

    /// True while publishers should pause: more bytes wait for the broker than it will take soon. Calls still work;
    /// past a hard bound they answer `overloaded`. `brokerStatusChanged` or `brokerDrained` announces the end.
    var isCongested: Bool { get }

    /// Starts connecting (Redis) or attaches (memory). Call once.
    func start()

    /// Publishes `payload` (copied before return). `brokerPublished` answers with the same receipt, exactly once,
    /// in call order, possibly before this returns when the broker is away.
    /// - Parameters:
    ///   - store: what is to be kept of it; `nil`: nothing.
    ///   - receipt: the caller's own, up to `Receipt.maximum`.
    func publish(
        _ payload: Span<UInt8>, to channel: Span<UInt8>, store: StoreRequest?, receipt: UInt64)

    /// Tells the workers that listen to a signal. Success says that it was sent, not who heard it.
    func signal(
        _ payload: [UInt8], on topic: Topic, then: @escaping (Result<Void, BrokerFailure>) -> Void)

    func readHistory(
        _ request: HistoryRequest, then: @escaping (Result<HistoryPage, BrokerFailure>) -> Void)

    /// Gives a channel's history another epoch if it has still this one: what was given out under it is not what the
    /// history holds. Best effort.
    func renewHistory(of channel: ChannelName, epoch: String)

    /// Asks for a topic's messages. Idempotent; kept and restored across lost connections until `unsubscribe`.
    /// `brokerSubscribed` answers once the subscription is live, and again whenever it has been restored.
    func subscribe(to topic: Topic)

    func unsubscribe(from topic: Topic)

    /// Hands over all that was asked for since the last call, in one write. Called at the end of each loop turn.
    func flush()

    /// Ends connections; what is unanswered fails with `unavailable`. No delegate call follows.
    func close()
}

extension Broker {
    /// Signals, whatever comes of it.
    public func signal(_ payload: [UInt8], on topic: Topic) { signal(payload, on: topic) { _ in } }

    /// Publishes without keeping anything.
    public func publish(_ payload: Span<UInt8>, to channel: Span<UInt8>, receipt: UInt64) {
        publish(payload, to: channel, store: nil, receipt: receipt)
    }
}
