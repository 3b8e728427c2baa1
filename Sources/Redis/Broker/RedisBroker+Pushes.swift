import Broker
import Wire

/// What comes over the subscriber connection: messages, straight from the reply's memory, and confirmations.
extension RedisBroker {
    /// The kinds of push, by their first word.
    private enum Push {
        case message
        case patternMessage
        case subscribed
        case patternSubscribed
        case unsubscribed
        /// The answer to a probe.
        case other

        init(_ word: Span<UInt8>) {
            if word.equals("message") {
                self = .message
            } else if word.equals("pmessage") {
                self = .patternMessage
            } else if word.equals("subscribe") {
                self = .subscribed
            } else if word.equals("psubscribe") {
                self = .patternSubscribed
            } else if word.equals("unsubscribe") || word.equals("punsubscribe") {
                self = .unsubscribed
            } else {
                self = .other
            }
        }
    }

    func receivePush(_ reply: borrowing RespReply) {
        switch reply.withBytes(of: 0, { Push($0) }) {
        case .message: receiveMessage(reply)
        case .patternMessage: receivePatternMessage(reply)
        case .subscribed:
            reply.withBytes(of: 1, after: prefix.count) { confirmed(.channel, $0) }
        case .patternSubscribed:
            reply.withBytes(of: 1, after: escapedPrefix.count) { confirmed(.pattern, $0) }
        case .unsubscribed: ledger.unsubscribed()
        case .other: break
        }
    }

    /// `message channel payload`
    private func receiveMessage(_ reply: borrowing RespReply) {
        reply.withBytes(of: 1, after: prefix.count) { channel in
            reply.withBytes(of: 2) { payload in
                delegate?.brokerReceived(payload, kind: .channel, name: channel, channel: channel)
            }
        }
    }

    /// `pmessage pattern channel payload`
    private func receivePatternMessage(_ reply: borrowing RespReply) {
        reply.withBytes(of: 1, after: escapedPrefix.count) { name in
            reply.withBytes(of: 2, after: prefix.count) { channel in
                // Roost's own channels are nobody's to see.
                guard !channel.starts(with: ChannelName.reservedPrefix) else { return }
                reply.withBytes(of: 3) { payload in
                    delegate?.brokerReceived(payload, kind: .pattern, name: name, channel: channel)
                }
            }
        }
    }
}
