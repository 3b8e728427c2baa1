import Wire

/// Where users' inboxes live: what `Broker` says of threading and answers holds here.
///
/// An inbox is a stream of notifications. Each gets the next offset and lives until its own time is over, until every
/// known device of the user has acknowledged it, or until it is the oldest of too many. A device is known from its
/// first reading on, until it has not been seen for `InboxRule.timeToLive`; its cursor is the last notification that it
/// has acknowledged. What the user has read is what any device has acknowledged.
///
/// New notifications and what was read are told on the signal `inbox` of the user: `InboxSignal`. Each operation is one
/// step: nobody sees half of it.
public protocol InboxBroker: AnyObject {
    /// Puts a notification into an inbox; its id.
    func notify(_ request: NotifyRequest, then: @escaping (Result<MessageID, BrokerFailure>) -> Void)

    /// Reads what a device has not had yet, in order. The device is known from then on.
    func readInbox(_ request: InboxRequest, then: @escaping (Result<InboxPage, BrokerFailure>) -> Void)

    /// Moves a device's cursor forward, and with it what the user has read. `nil` where the inbox has not given out
    /// the id: it may have begun anew since.
    func acknowledge(
        _ request: AcknowledgeRequest, then: @escaping (Result<InboxMark?, BrokerFailure>) -> Void)
}
