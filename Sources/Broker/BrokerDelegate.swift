import Wire

/// What a broker tells its worker. All calls come on the worker's thread.
public protocol BrokerDelegate: AnyObject {
    /// A message for a subscribed topic. `name` is the topic's name; `channel` equals it unless `kind` is
    /// `.pattern`. The spans are valid during the call only.
    func brokerReceived(_ payload: Span<UInt8>, kind: Topic.Kind, name: Span<UInt8>, channel: Span<UInt8>)

    /// The topic's subscription is live: what is published from now on arrives.
    func brokerSubscribed(kind: Topic.Kind, name: Span<UInt8>)

    /// The broker does not allow a topic that was asked for, for the reason it gives. Nothing arrives for it.
    func brokerRefused(_ topic: Topic, reason: String)

    /// Every subscription is gone with its connection; each is confirmed anew, by `brokerSubscribed`, when it is back.
    func brokerLostSubscriptions()

    /// The answer to `publish`.
    func brokerPublished(receipt: UInt64, outcome: PublishOutcome)

    func brokerStatusChanged(_ status: BrokerStatus)

    /// `isCongested` has become false.
    func brokerDrained()
}
