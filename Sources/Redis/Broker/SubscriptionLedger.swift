import DequeModule
import Wire

/// What a subscriber connection has been asked for, and what Redis has answered. Pure.
///
/// Commands and their answers keep their order on a connection, so counting suffices: a topic is live when the last
/// SUBSCRIBE that was sent for it has been confirmed, however many came and went before. An error answers a whole
/// command, the oldest one, which is why the commands are remembered.
struct SubscriptionLedger {
    private struct Entry {
        var isWanted = true
        /// SUBSCRIBE commands without an answer.
        var outstanding = 0
        var state = State.unconfirmed
    }

    private enum State {
        case unconfirmed
        case live
        /// Redis does not allow it; tried again on the next connection.
        case refused
    }

    private struct Command {
        /// Empty for an UNSUBSCRIBE.
        let topics: [Topic]
        /// Confirmations still to come.
        var remaining: Int
    }

    private var entries: [Topic: Entry] = [:]
    private var commands: Deque<Command> = []
    /// Wanted topics.
    private(set) var count = 0
    /// Wanted topics that Redis has still to answer for.
    private(set) var unconfirmed = 0

    /// Wants a topic. True if a SUBSCRIBE must be sent (if there is a connection to send it on).
    mutating func want(_ topic: Topic) -> Bool {
        guard !isWanted(topic) else { return false }
        entries[topic, default: Entry()].isWanted = true
        count += 1
        unconfirmed += 1
        return true
    }

    /// Wants it no more. True if an UNSUBSCRIBE must be sent.
    mutating func drop(_ topic: Topic) -> Bool {
        guard let entry = entries[topic], entry.isWanted else { return false }
        count -= 1
        if entry.state == .unconfirmed { unconfirmed -= 1 }
        entries[topic] =
            entry.outstanding > 0 ? Entry(isWanted: false, outstanding: entry.outstanding) : nil
        return true
    }

    /// One SUBSCRIBE has been sent for all of `topics`, which are of one kind.
    mutating func sent(_ topics: [Topic]) {
        for topic in topics { entries[topic]?.outstanding += 1 }
        commands.append(Command(topics: topics, remaining: topics.count))
    }

    /// One UNSUBSCRIBE has been sent for one topic.
    mutating func sentUnsubscribe() { commands.append(Command(topics: [], remaining: 1)) }

    /// Redis has confirmed a topic of a SUBSCRIBE. True if the topic is live now and was not.
    mutating func confirmed(_ topic: Topic) -> Bool {
        answered()
        guard finishOne(topic) else { return false }
        entries[topic]?.state = .live
        unconfirmed -= 1
        return true
    }

    /// Redis has confirmed an UNSUBSCRIBE.
    mutating func unsubscribed() { answered() }

    /// What an error means.
    enum Refusal: Equatable {
        /// No command was waiting for an answer.
        case unexpected
        /// Redis does not allow this topic; `nil` when it is not wanted any more.
        case topic(Topic?)
        /// One of several is not allowed. What is still wanted has to be tried one by one, to find it.
        case batch([Topic])
    }

    /// Redis has answered the oldest command with an error.
    mutating func refused() -> Refusal {
        guard let command = commands.popFirst() else { return .unexpected }
        let left = command.topics.filter { finishOne($0) }
        guard command.topics.count <= 1 else { return .batch(left) }
        for topic in left {
            entries[topic]?.state = .refused
            unconfirmed -= 1
        }
        return .topic(left.first)
    }

    private mutating func answered() {
        guard !commands.isEmpty else { return }
        commands[0].remaining -= 1
        if commands[0].remaining <= 0 { commands.removeFirst() }
    }

    /// One answer less to wait for. True if it was the last for a topic that is wanted.
    private mutating func finishOne(_ topic: Topic) -> Bool {
        guard var entry = entries[topic], entry.outstanding > 0 else { return false }
        entry.outstanding -= 1
        let isForgotten = !entry.isWanted && entry.outstanding == 0
        entries[topic] = isForgotten ? nil : entry
        return entry.isWanted && entry.outstanding == 0
    }

    /// The connection is gone. What must be subscribed to anew, in no particular order.
    mutating func reset() -> [Topic] {
        entries = entries.filter(\.value.isWanted).mapValues { _ in Entry() }
        commands = []
        unconfirmed = count
        return Array(entries.keys)
    }

    func isWanted(_ topic: Topic) -> Bool { entries[topic]?.isWanted ?? false }

    func isLive(_ topic: Topic) -> Bool { entries[topic]?.state == .live }

    /// Whether a SUBSCRIBE has been sent on the present connection and not been undone.
    func isSent(_ topic: Topic) -> Bool {
        guard let entry = entries[topic] else { return false }
        return entry.state == .live || entry.outstanding > 0
    }
}
