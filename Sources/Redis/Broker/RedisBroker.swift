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

    let loop: EventLoop
    let settings: RedisSettings
    let name: String
    /// What names in Redis begin with, and the same within patterns, where it stands for itself whatever it has.
    let prefix: [UInt8]
    let escapedPrefix: [UInt8]
    var logger = Logger(label: "roost.redis")
    private(set) var commands: RedisLink?
    /// Who waits for the answers to `call`s, by number.
    var calls: [UInt64: (Result<RespValue, BrokerFailure>) -> Void] = [:]
    var lastCall: UInt64 = 0
    /// What is answered at the end of the turn, because it failed before it was sent.
    var failedCalls: [() -> Void] = []
    private(set) var subscriber: RedisLink?
    /// One blocking connection for each queue in which jobs are awaited.
    var watches: [QueueName: QueueWatch] = [:]
    var ledger = SubscriptionLedger()
    /// Topics to be subscribed to anew, a batch at a time.
    var restoring: Deque<Topic> = []
    /// The subscriber connection has been lost once.
    var hasLostSubscriptions = false
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
    /// Set in the token of a publish that answers with an id, and in that of a call: above every receipt.
    static let storeFlag: UInt64 = 1 << 62
    static let callFlag: UInt64 = 1 << 63
    /// Topics per SUBSCRIBE command, and commands per turn, when subscriptions are restored.
    static let batchSize = 512
    static let batchesPerTurn = 8

    /// - Parameter name: how `CLIENT LIST` in Redis shows this worker's connections; no spaces.
    public init(on loop: EventLoop, _ settings: RedisSettings, name: String) {
        self.loop = loop
        self.settings = settings
        self.name = name
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

    public func publish(
        _ payload: Span<UInt8>, to channel: Span<UInt8>, store: StoreRequest?, receipt: UInt64
    ) {
        if let failure = refusal(needsScripts: store != nil) {
            delegate?.brokerPublished(receipt: receipt, outcome: .failed(failure))
            return
        }
        guard let store else {
            commands?.send(token: receipt) {
                PublishWriter.append(prefix: prefix, channel: channel, payload: payload, to: &$0)
            }
            return
        }
        let tag = keyTag(channel)
        commands?.send(token: receipt | Self.storeFlag) {
            PublishWriter.append(
                prefix: prefix, tag: tag, channel: channel, payload: payload, store, to: &$0)
        }
    }

    /// Why nothing can be asked of Redis now; `nil` if it can.
    func refusal(needsScripts: Bool) -> BrokerFailure? {
        guard let commands, commands.isReady else { return .unavailable }
        guard commands.unsentBytes < Self.maximumUnsent else { return .overloaded }
        if needsScripts, let reason = commands.scriptRefusal { return .refused(reason) }
        return nil
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
        giveFailures()
        if !restoring.isEmpty { restore() }
        commands?.flush()
        subscriber?.flush()
        for watch in watches.values { watch.flush() }
    }

    public func close() {
        giveFailures()
        fail(commands?.close() ?? [])
        subscriber?.close()
        for watch in watches.values { watch.close() }
        watches = [:]
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
            logger.info(
                "connected to Redis", metadata: ["address": "\(commands?.endpoint ?? settings.endpoint)"])
            loggedLoss = nil
        } else if let loss, loggedLoss != loss.reason {
            loggedLoss = loss.reason
            logger.warning(
                "Redis is away; trying again until it is back",
                metadata: [
                    "address": "\(settings.address)", "reason": "\(loss.reason)",
                    "next attempt": "in \(loss.retryIn) ms",
                ])
        }
        delegate?.brokerStatusChanged(status)
    }

    private func fail(_ tokens: [UInt64]) {
        for token in tokens {
            if token & Self.callFlag != 0 {
                calls.removeValue(forKey: token)?(.failure(.unavailable))
            } else {
                delegate?.brokerPublished(receipt: token & ~Self.storeFlag, outcome: .failed(.unavailable))
            }
        }
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
            hasLostSubscriptions = true
            delegate?.brokerLostSubscriptions()
        }
        updateStatus((reason, retryIn))
        checkDrained()
    }

    func linkReceived(_ link: RedisLink, _ reply: borrowing RespReply, token: UInt64) {
        if link === commands {
            if token & Self.callFlag != 0 {
                answered(call: token, reply)
            } else {
                let isStored = token & Self.storeFlag != 0
                let outcome = outcome(of: reply, isStored: isStored)
                delegate?.brokerPublished(receipt: token & ~Self.storeFlag, outcome: outcome)
            }
            if let error = reply.error, error.hasPrefix("NOSCRIPT") {
                // Somebody flushed them. The next login loads them again.
                link.drop("Redis has lost the scripts")
            } else if let error = reply.error, settings.sentinel != nil, error.hasPrefix("READONLY") {
                link.drop("\(link.endpoint) is not the master any more")
            }
            checkDrained()
        } else if let error = reply.error {
            refused(error, link)
        } else {
            receivePush(reply)
        }
    }

    func linkDrained(_ link: RedisLink) { checkDrained() }
}
