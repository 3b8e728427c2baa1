import Wire

/// Who is in a channel, over all workers of all nodes: what `Broker` says of threading and answers holds here.
///
/// Each worker says how many connections of each user it has, in absolute numbers, and says it again before the time
/// that it gives itself is over. What a worker that has fallen silent had said is taken back by whoever says or asks
/// something of the channel next. When the number of a user's connections becomes, or ceases to be, 0, that is told on
/// the channel's signal `presence`: `PresenceSignal`. Each operation is one step: nobody sees half of it.
public protocol PresenceBroker: AnyObject {
    /// Says what a worker has. True if the broker knew of the worker before; if it did not, what was said earlier is
    /// gone and is to be said again.
    func updatePresence(
        _ update: PresenceUpdate, then: @escaping (Result<Bool, BrokerFailure>) -> Void)

    /// Reads who is in a channel.
    func readPresence(
        of channel: ChannelName, then: @escaping (Result<PresenceList, BrokerFailure>) -> Void)
}
