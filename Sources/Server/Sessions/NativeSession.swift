import Access
import Front
import Hub
import Limits
import Wire

/// One client of the native door: its commands become calls, PROTOCOL.md, "Native WebSocket".
final class NativeSession: SocketSession, StoppableSession {
    unowned let worker: Worker
    var identity: Identity
    var limits: ClientLimits
    /// Which channels it may publish to.
    var permissionCache = PermissionCache()
    private(set) var connection: ConnectionID?
    /// The subscribe commands that the broker has not confirmed.
    var awaited: [Topic: [NativeReference]] = [:]

    init(worker: Worker, identity: Identity, _ limits: ClientLimits) {
        self.worker = worker
        self.limits = limits
        self.identity = identity
    }

    /// The JSON reader checks every byte.
    var wantsValidatedText: Bool { false }

    func opened(_ connection: ConnectionID) {
        self.connection = connection
        worker.expiry.watch(self, identity)
        Self.send(to: connection, by: worker.front) { bytes in
            NativeEncoder.appendWelcome(
                connection: worker.name(of: connection), user: identity.user, version: Version.current,
                to: &bytes)
        }
    }

    func receivedText(_ message: Span<UInt8>) {
        guard let connection else { return }
        do throws(NativeError) {
            let (command, reference) = try NativeDecoder.decode(message)
            try carryOut(command, reference, message, connection)
        } catch {
            Self.sendError(error, to: connection, by: worker.front)
            if error.isFatal {
                let reason =
                    UTF8Validator.isValid(message)
                    ? "a frame must be one JSON object" : "a text message is not valid UTF-8"
                worker.front.close(connection, .invalidPayload, reason)
            }
        }
    }

    func receivedBinary(_ message: Span<UInt8>) {
        guard let connection else { return }
        worker.front.close(
            connection, .unsupportedData, "this door takes text; bytes go to /channels/{channel}/socket")
    }

    func drained() {
        guard let connection else { return }
        worker.queues.connectionDrained(connection)
        worker.inboxes.drained(connection)
        worker.refills.drained(connection)
    }

    func closed() {
        worker.expiry.forget(self)
        for topic in awaited.keys { forget(topic) }
        if let connection {
            worker.queues.connectionClosed(connection)
            worker.inboxes.closed(connection)
            worker.closed(connection)
        }
        connection = nil
    }

    private func carryOut(
        _ command: NativeCommand, _ reference: NativeReference, _ message: Span<UInt8>,
        _ connection: ConnectionID
    ) throws(NativeError) {
        switch command {
        case .publish(let command):
            try requirePublish(to: command.channel, reference)
            try takePublish(reference)
            let options = PublishOptions(
                event: command.event, user: identity.user, echo: command.echo,
                idempotencyKey: command.idempotencyKey,
                timeToLive: command.timeToLive.map { Int64($0) * 1_000 })
            worker.publish(
                message.extracting(command.data), .json, options, to: command.channel,
                origin: .native(connection, reference))
        case .subscribe(let topic, let since):
            try require(.subscribe, topic, reference)
            try subscribe(to: topic, since: since, reference, connection)
        case .unsubscribe(let topic):
            worker.unsubscribe(connection, from: topic)
            forget(topic)
            Self.send(to: connection, by: worker.front) { bytes in
                NativeEncoder.appendUnsubscribed(topic, reason: .requested, reference, to: &bytes)
            }
        case .queue(let queue, let command):
            try require(.queues, .channel(queue), reference)
            try carryOut(command, of: queue, reference, message, connection)
        case .history(let command):
            try require(.history, .channel(command.channel), reference)
            try readHistory(command, reference, connection)
        case .presence(let channel):
            try require(.presence, .channel(channel), reference)
            readPresence(of: channel, reference, connection)
        case .inbox(let command): try carryOut(command, reference, connection)
        case .authenticate(let token): try authenticate(token, reference, connection)
        case .ping:
            Self.send(to: connection, by: worker.front) { NativeEncoder.appendPong(reference, to: &$0) }
        }
    }

    func stopped(_ topic: Topic) { end(topic, because: .stopped) }

    /// Ends a subscription unasked.
    func end(_ topic: Topic, because reason: NativeEncoder.UnsubscribeReason) {
        guard let connection else { return }
        worker.unsubscribe(connection, from: topic)
        forget(topic)
        Self.send(to: connection, by: worker.front) { bytes in
            NativeEncoder.appendUnsubscribed(topic, reason: reason, .none, to: &bytes)
        }
    }

    private func subscribe(
        to topic: Topic, since: MessageID?, _ reference: NativeReference, _ connection: ConnectionID
    ) throws(NativeError) {
        let maximum = worker.settings.maximumSubscriptions
        let isKnown = worker.front.hub.isSubscribed(connection.slot, to: topic)
        guard isKnown || worker.front.hub.subscriptionCount(connection.slot) < maximum,
            awaited.values.reduce(0, { $0 + $1.count }) < maximum
        else {
            throw NativeError(
                .limitExceeded, .subscriptionsPerConnection,
                "a connection may have at most \(maximum) subscriptions", reference: reference)
        }
        if worker.hasHistory(topic) {
            return subscribe(toHistoryOf: topic, since: since, isKnown: isKnown, reference, connection)
        }
        if worker.subscribe(connection, to: topic, as: .native) {
            sendSubscribed(topic, id: nil, recovered: false, reference)
        } else {
            awaited[topic, default: []].append(reference)
            worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
        }
    }

    /// The broker has confirmed a topic that this session waits for.
    func confirmed(_ topic: Topic) {
        for reference in awaited.removeValue(forKey: topic) ?? [] {
            sendSubscribed(topic, id: nil, recovered: false, reference)
        }
    }

    /// The command is answered when the broker is back.
    func brokerLost() {}

    func refused(_ topic: Topic, _ reason: String) {
        guard let connection else { return }
        worker.unsubscribe(connection, from: topic)
        for reference in awaited.removeValue(forKey: topic) ?? [] {
            let error = NativeError(
                .forbidden, "the broker refused the subscription to '\(topic)': \(reason)",
                reference: reference)
            Self.sendError(error, to: connection, by: worker.front)
        }
    }

    func sendSubscribed(_ topic: Topic, id: MessageID?, recovered: Bool, _ reference: NativeReference) {
        guard let connection else { return }
        Self.send(to: connection, by: worker.front) {
            NativeEncoder.appendSubscribed(topic, id: id, recovered: recovered, reference, to: &$0)
        }
        if topic.kind == .channel {
            worker.presence.enter(connection, in: topic.name, identity.user, isNative: true)
        }
    }

    /// Waits no more for a topic's confirmation.
    private func forget(_ topic: Topic) {
        awaited[topic] = nil
        worker.waiting[topic]?[ObjectIdentifier(self)] = nil
        worker.feeds.feed(of: topic)?.leave(self)
    }
}

/// What is said to a client also when its session is not at hand.
extension NativeSession {
    /// The answer to a publish.
    static func sendPublished(
        _ reference: NativeReference, _ id: MessageID?, _ failure: ClientFailure?,
        to connection: ConnectionID, by front: Front
    ) {
        if let failure {
            sendError(
                NativeError(failure.code, failure.message, reference: reference), to: connection, by: front)
        } else {
            send(to: connection, by: front) { NativeEncoder.appendPublished(id, reference, to: &$0) }
        }
    }

    static func sendError(_ error: NativeError, to connection: ConnectionID, by front: Front) {
        front.limits.counters.count(error.limit)
        send(to: connection, by: front) { NativeEncoder.appendError(error, to: &$0) }
    }

    static func send(to connection: ConnectionID, by front: Front, _ build: (inout [UInt8]) -> Void) {
        var payload: [UInt8] = []
        build(&payload)
        front.sendText(payload.span, to: connection)
    }
}
