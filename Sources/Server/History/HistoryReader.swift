import Broker
import Wire

/// Reads a channel's history for a client that asks for it. Confined to its worker's thread.
struct HistoryReader {
    /// What a client is answered with.
    struct Answer {
        let messages: [[UInt8]]
        /// These are all that were published after the message that was named, or all that are kept.
        let isComplete: Bool
        /// The newest message.
        let id: MessageID?
    }

    let broker: any Broker
    let rules: ChannelRules
    /// Bytes of messages in an answer.
    let maximumBytes: Int

    /// - Throws: `notFound` for a channel without history.
    func read(
        _ command: HistoryCommand, then: @escaping (Result<Answer, BrokerFailure>) -> Void
    ) throws(ClientFailure) {
        guard rules.rule(for: command.channel)?.history != nil else {
            throw ClientFailure(
                code: .notFound, message: "the channel '\(command.channel)' keeps no history")
        }
        let since = command.since
        let request = HistoryRequest(
            channel: command.channel, after: since?.offset ?? 0, limit: command.limit,
            edge: since == nil ? .newest : .oldest, maximumBytes: maximumBytes)
        broker.readHistory(request) { result in then(result.map { Self.answer($0, since: since) }) }
    }

    private static func answer(_ page: HistoryPage, since: MessageID?) -> Answer {
        let messages = page.items.map(\.message).filter { !$0.isEmpty }
        guard let since else {
            let isComplete = page.items.first.map { $0.offset <= page.oldest } ?? true
            return Answer(messages: messages, isComplete: isComplete, id: page.newestID)
        }
        // An id of another stream says nothing about this one.
        guard page.epoch == since.epoch else {
            return Answer(messages: [], isComplete: false, id: page.newestID)
        }
        let reachesEnd = (page.items.last?.offset ?? page.newest) == page.newest
        return Answer(
            messages: messages, isComplete: page.isComplete(since: since) && reachesEnd, id: page.newestID)
    }
}
