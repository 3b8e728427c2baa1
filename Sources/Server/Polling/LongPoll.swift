import Hub
import Wire

/// A request that waits for a channel's next message.
struct LongPoll {
    /// Requests with the same question are answered by one look at the history.
    struct Question: Hashable {
        let since: MessageID?
        let limit: Int
    }

    let connection: ConnectionID
    let command: HistoryCommand
    /// Loop time, in milliseconds.
    let deadline: UInt64
    /// What it is told when nothing comes: what was seen last.
    var last: HTTPResponse?

    var question: Question { Question(since: command.since, limit: command.limit) }
}
