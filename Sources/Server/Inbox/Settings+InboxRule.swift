import Broker

extension Settings.Inbox {
    /// As the broker wants it.
    var rule: InboxRule { InboxRule(size: size, timeToLive: Int64(clamping: timeToLive.milliseconds)) }
}
