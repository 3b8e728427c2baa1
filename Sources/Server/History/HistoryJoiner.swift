import Hub
import Wire

/// A client that waits to be told what it missed in a channel, and then to have the rest live. Its subscription is
/// `held` until `joined`. Confined to its worker's thread.
protocol HistoryJoiner: TopicWaiter {
    /// Everything about the past is said: the subscription is live after this call.
    /// - Parameters:
    ///   - id: the newest message of the channel, if there is one.
    ///   - recovered: `missed` is all there was after the message that the client named.
    ///   - missed: for a client that was recovered, and missed something.
    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?)
}
