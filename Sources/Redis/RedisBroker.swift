import Broker
import DequeModule
import EventLoop
import Logging
import Wire

/// Channels that live in Redis: `PUBLISH` on one connection, `SUBSCRIBE` on another, both of one worker.
///
/// Channel `chat` is the Redis channel `chat`, after the prefix. Confined to its loop's thread.
public final class RedisBroker: Broker {
    public var delegate: (any BrokerDelegate)?
    public private(set) var status = BrokerStatus.connecting

    private let settings: RedisSettings
    /// What names in Redis begin with, and the same within patterns, where it stands for itself whatever it has.
    let prefix: [UInt8]
    let escapedPrefix: [UInt8]
    var logger = Logger(label: "roost.redis")
    private var commands: RedisLink?
    private(set) var subscriber: RedisLink?
    var ledger = SubscriptionLedger()
    /// Topics to be subscribed to anew, a batch at a time.
    var restoring: Deque<Topic> = []
    /// Restoring is announced in the log when the last topic has been answered for.
    var isRestoring = false
    /// One line about refused subscriptions per connection.
    var hasLoggedRefusal = false
    /// The last reason in the log, until Redis is back.
    private var loggedLoss: String?
    private var wasCongested = false

    /// Bytes that may wait for Redis; beyond, publishing is refused.
    static let maximumUnsent = 64 << 20
    /// Bytes, and unanswered publishes, above which publishers should pause.
    static let congestedBytes = 8 << 20
    static let congestedCount = 100_000
    /// Topics per SUBSCRIBE command, and commands per turn, when subscriptions are restored.
    static let batchSize = 512
    static let batchesPerTurn = 8

    /// - Parameter name: how `CLIENT LIST` in Redis shows this worker's connections; no spaces.
    public init(on loop: EventLoop, _ settings: RedisSettings, name: String) {
        self.settings = settings
        prefix = Array(settings.prefix.utf8)
        escapedPrefix = prefix.flatMap { byte in
            "*?[]\\^-".utf8.contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
        }
        logger[metadataKey: "connection"] = "\(name)"
        commands = RedisLink(on: loop, settings, mode: .commands, name: "\(name)-commands", delegate: self)
        subscriber = RedisLink(
            on: loop, settings, mode: .subscriber, name: "\(name)-subscriber", delegate: self)
    }

    public var isCongested: Bool {
        guard let commands, isOver(1, commands) else { return false }
        wasCongested = true
        return true
    }

    private func isOver(_ divisor: Int, _ commands: RedisLink) -> Bool {
        commands.unsentBytes > Self.congestedBytes / divisor
            || commands.unanswered > Self.congestedCount / divisor
    }

    public func start() {
        commands?.start()
        subscriber?.start()
    }

    public func publish(_ payload: Span<UInt8>, to channel: Span<UInt8>, receipt: UInt64) {
        guard let commands, commands.isReady else {
            delegate?.brokerPublished(receipt: receipt, outcome: .unavailable)
            return
        }
        guard commands.unsentBytes < Self.maximumUnsent else {
            delegate?.brokerPublished(receipt: receipt, outcome: .overloaded)
            return
        }
        commands.send(token: receipt) {
            PublishWriter.append(prefix: prefix, channel: channel, payload: payload, to: &$0)
        }
    }

    public func subscribe(to topic: Topic) {
        guard ledger.want(topic), let subscriber, subscriber.isReady else { return }
        sendSubscribe([topic], on: subscriber)
    }

    public func unsubscribe(from topic: Topic) {
        guard ledger.drop(topic), let subscriber, subscriber.isReady else { return }
        sendUnsubscribe(topic, on: subscriber)
    }

    public func flush() {
        if !restoring.isEmpty { restore() }
        commands?.flush()
        subscriber?.flush()
    }

    public func close() {
        fail(commands?.close() ?? [])
        subscriber?.close()
        delegate = nil
        commands = nil
        subscriber = nil
        status = .unavailable("closed")
    }

    // MARK: Status

    /// - Parameter loss: why a connection is away, and in how many milliseconds it is tried again.
    private func updateStatus(_ loss: (reason: String, retryIn: UInt64)? = nil) {
        let before = status
        if commands?.isReady == true, subscriber?.isReady == true {
            status = .ready
        } else if let loss {
            status = .unavailable(loss.reason)
        }
        guard status != before else { return }
        if status == .ready {
            logger.info("connected to Redis", metadata: ["address": "\(settings.endpoint)"])
            loggedLoss = nil
        } else if let loss, loggedLoss != loss.reason {
            loggedLoss = loss.reason
            logger.warning(
                "Redis is away; trying again until it is back",
                metadata: [
                    "address": "\(settings.endpoint)", "reason": "\(loss.reason)",
                    "next attempt": "in \(loss.retryIn) ms",
                ])
        }
        delegate?.brokerStatusChanged(status)
    }

    private func fail(_ receipts: [UInt64]) {
        for receipt in receipts { delegate?.brokerPublished(receipt: receipt, outcome: .unavailable) }
    }

    private func checkDrained() {
        guard wasCongested, let commands, !isOver(2, commands) else { return }
        wasCongested = false
        delegate?.brokerDrained()
    }
}

extension RedisBroker: RedisLinkDelegate {
    func linkReady(_ link: RedisLink) {
        if link === subscriber { startRestoring() }
        updateStatus()
    }

    func linkLost(_ link: RedisLink, reason: String, retryIn: UInt64, unanswered: [UInt64]) {
        fail(unanswered)
        if link === subscriber {
            _ = ledger.reset()
            delegate?.brokerLostSubscriptions()
        }
        updateStatus((reason, retryIn))
        checkDrained()
    }

    func linkReceived(_ link: RedisLink, _ reply: borrowing RespReply, token: UInt64) {
        if link === commands {
            let outcome = reply.error.map { PublishOutcome.refused($0) } ?? .accepted
            delegate?.brokerPublished(receipt: token, outcome: outcome)
            checkDrained()
        } else if let error = reply.error {
            refused(error, link)
        } else {
            receivePush(reply)
        }
    }

    func linkDrained(_ link: RedisLink) { checkDrained() }
}
