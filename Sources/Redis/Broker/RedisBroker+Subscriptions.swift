import Broker
import DequeModule
import Logging
import Wire

/// The subscriber connection's commands: asking for topics, one by one and in batches after a reconnect.
extension RedisBroker {
    func sendSubscribe(_ topics: [Topic], on link: RedisLink) {
        guard let kind = topics.first?.kind else { return }
        send(kind == .channel ? "SUBSCRIBE" : "PSUBSCRIBE", topics, on: link)
        ledger.sent(topics)
    }

    func sendUnsubscribe(_ topic: Topic, on link: RedisLink) {
        send(topic.kind == .channel ? "UNSUBSCRIBE" : "PUNSUBSCRIBE", [topic], on: link)
        ledger.sentUnsubscribe()
    }

    private func send(_ command: String, _ topics: [Topic], on link: RedisLink) {
        link.send { RespWriter.append([Array(command.utf8)] + topics.map(redisName), to: &$0) }
    }

    private func redisName(_ topic: Topic) -> [UInt8] {
        (topic.kind == .channel ? prefix : escapedPrefix) + topic.name.bytes
    }

    // MARK: Restoring

    /// On a new connection nothing has been sent yet, whatever was wanted meanwhile.
    func startRestoring() {
        hasLoggedRefusal = false
        restoring = Deque(ledger.reset().sorted { $0.kind.rawValue < $1.kind.rawValue })
        isRestoring = hasLostSubscriptions && !restoring.isEmpty
        restore()
        subscriber?.flush()
    }

    /// Sends the next batches, channels and patterns apart. Not all in one turn: the rest waits until confirmations,
    /// and with them further turns, have come.
    func restore() {
        guard let subscriber, subscriber.isReady else { return }
        for _ in 0..<Self.batchesPerTurn where !restoring.isEmpty {
            var batch: [Topic] = []
            while batch.count < Self.batchSize, let topic = restoring.first {
                if let kind = batch.first?.kind, topic.kind != kind { break }
                restoring.removeFirst()
                // It may have been dropped, or asked for anew, meanwhile.
                guard ledger.isWanted(topic), !ledger.isSent(topic) else { continue }
                batch.append(topic)
            }
            sendSubscribe(batch, on: subscriber)
        }
    }

    private func logIfRestored() {
        guard isRestoring, ledger.unconfirmed == 0 else { return }
        isRestoring = false
        logger.info("subscriptions restored", metadata: ["topics": "\(ledger.count)"])
    }

    // MARK: Answers

    func confirmed(_ kind: Topic.Kind, _ name: Span<UInt8>) {
        guard let name = try? ChannelName(fromBroker: name) else { return }
        guard ledger.confirmed(Topic(kind, name)) else { return }
        delegate?.brokerSubscribed(kind: kind, name: name.bytes.span)
        logIfRestored()
    }

    /// An error answers the oldest command: Redis' ACL does not allow the user one of its topics. That topic stays
    /// without confirmation; the others, and the connection, live on.
    func refused(_ error: String, _ link: RedisLink) {
        switch ledger.refused() {
        case .unexpected: link.drop("Redis reports: \(error)")
        case .batch(let topics):
            for topic in topics { sendSubscribe([topic], on: link) }
        case .topic(let topic):
            if let topic {
                if !hasLoggedRefusal {
                    hasLoggedRefusal = true
                    logger.warning(
                        "Redis refuses a subscription", metadata: ["topic": "\(topic)", "reason": "\(error)"])
                }
                delegate?.brokerRefused(topic, reason: error)
            }
            logIfRestored()
        }
    }
}
