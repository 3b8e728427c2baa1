import Access
import Broker
import Front
import Hub
import Limits
import SocketIO
import Wire

/// What one client of Socket.IO has in one namespace: its subscriptions. Confined to its worker's thread.
final class Relay: HistoryJoiner, ExpiringSession {
    private enum Subscription {
        /// Neither is it live, nor has the client been told what it missed. These wait for that.
        case awaited([RelayAnswer])
        case live
    }

    /// How the client gets in, once the default channel is there for it.
    private struct Entry {
        let since: MessageID?
        let decide: (SocketIODecision) -> Void
    }

    private unowned let door: SocketIODoor
    /// `nil` once it is gone.
    private(set) weak var socket: SocketIOSocket?
    let identity: Identity
    private var limits: ClientLimits
    /// Its place among the connections of its user, where those are counted; until it ends.
    private(set) var place: ConnectionClaim?
    private var permissionCache = PermissionCache()
    private var subscriptions: [Topic: Subscription] = [:]
    private var entry: Entry?
    /// The client has said where it was in the default channel, and has not been told what became of that.
    private var isReturning = false

    init(
        door: SocketIODoor, socket: SocketIOSocket, identity: Identity, _ limits: ClientLimits,
        place: ConnectionClaim?
    ) {
        self.limits = limits
        self.place = place
        self.door = door
        self.socket = socket
        self.identity = identity
    }

    private var worker: Worker { door.worker }

    // MARK: Coming in

    /// Lets the client in as soon as it misses nothing in the default channel from then on; at once while the broker is
    /// away.
    func enter(since: MessageID?, decide: @escaping (SocketIODecision) -> Void) {
        entry = Entry(since: since, decide: decide)
        worker.expiry.watch(self, identity)
        // Whoever may not hear the default channel can still have others.
        guard identity.permissions.allow(.subscribe, door.channel) else { return accept() }
        isReturning = since != nil
        do throws(NativeError) {
            try subscribe(to: .channel(door.channel), since: since, nil)
        } catch {
            worker.limits.counters.count(error.limit)
            return refuse(error.code, error.message)
        }
        if worker.broker.status != .ready { accept() }
    }

    private func accept() {
        guard let decide = entry?.decide else { return }
        entry = nil
        decide(.accept)
    }

    private func refuse(_ code: ErrorCode, _ message: String) {
        guard let decide = entry?.decide else { return }
        entry = nil
        if let socket { end(socket.client.connection) }
        decide(.refuse(message: message, data: RelayAnswer.error(code, message)))
    }

    // MARK: Events

    func carryOut(
        _ command: RelayCommand, _ packet: Span<UInt8>, _ answer: RelayAnswer
    ) throws(NativeError) {
        switch command {
        case .subscribe(let topic, let since):
            do throws(AccessDenial) {
                try identity.require(.subscribe, topic)
            } catch {
                throw error.nativeError(.none)
            }
            try subscribe(to: topic, since: since, answer)
        case .unsubscribe(let topic):
            leave(topic, because: "the client has unsubscribed before that")
            answer.succeed { RelayAnswer.appendUnsubscribed(topic, .requested, to: &$0) }
        case .publish(let message):
            guard permissionCache.allowPublish(to: message.channel, by: identity.permissions) else {
                throw identity.denial(.publish, message.channel).nativeError(.none)
            }
            try takePublish()
            publish(message, packet, answer)
        }
    }

    private func takePublish() throws(NativeError) {
        guard worker.limitsPublishing else { return }
        do throws(RateExceeded) {
            try limits.takePublish(identity, worker)
        } catch {
            throw error.nativeError(.none)
        }
    }

    private func publish(_ message: RelayPublish, _ packet: Span<UInt8>, _ answer: RelayAnswer) {
        let options = PublishOptions(
            event: message.event, user: identity.user, echo: message.echo,
            idempotencyKey: message.idempotencyKey,
            timeToLive: message.timeToLive.map { Int64($0) * 1_000 })
        let origin = PendingPublish.Origin.socketIO(answer.socket.client.connection, answer)
        switch message.data {
        case .json(let range):
            worker.publish(packet.extracting(range), .json, options, to: message.channel, origin: origin)
        case .bytes(let bytes):
            worker.publish(bytes.span, .binary, options, to: message.channel, origin: origin)
        case .none, .list:
            let json = message.data.json(in: packet)
            worker.publish(json.span, .json, options, to: message.channel, origin: origin)
        }
    }

    // MARK: Subscribing

    /// - Parameter answer: `nil` for what the server subscribes it to.
    private func subscribe(to topic: Topic, since: MessageID?, _ answer: RelayAnswer?) throws(NativeError) {
        guard let socket else { return }
        let maximum = worker.settings.maximumSubscriptions
        let connection = socket.client.connection
        switch subscriptions[topic] {
        case .live?:
            let id = worker.feeds.feed(of: topic)?.id
            answer?.succeed { RelayAnswer.appendSubscribed(topic, id: id, recovered: false, to: &$0) }
        case .awaited(let answers)?:
            guard answers.count < maximum else { throw Self.tooMany(maximum) }
            subscriptions[topic] = .awaited(answers + [answer].compactMap(\.self))
        case nil:
            guard worker.front.hub.subscriptionCount(connection.slot) < maximum else {
                throw Self.tooMany(maximum)
            }
            subscriptions[topic] = .awaited([answer].compactMap(\.self))
            let isLive = worker.subscribe(connection, to: topic, as: .held, view: socket.view)
            if worker.hasHistory(topic) {
                worker.feeds.feed(of: topic)?.join(self, since: since)
            } else if isLive {
                joined(topic, id: nil, recovered: false, missed: nil)
            } else {
                worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
            }
        }
    }

    private static func tooMany(_ maximum: Int) -> NativeError {
        NativeError(
            .limitExceeded, .subscriptionsPerConnection,
            "a connection may have at most \(maximum) subscriptions")
    }

    func confirmed(_ topic: Topic) { joined(topic, id: nil, recovered: false, missed: nil) }

    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard case .awaited(let answers)? = subscriptions[topic] else { return }
        let isDefault = topic == .channel(door.channel)
        if isDefault { accept() }
        guard let socket, socket.isConnected else { return }
        subscriptions[topic] = .live
        for answer in answers {
            answer.succeed { RelayAnswer.appendSubscribed(topic, id: id, recovered: recovered, to: &$0) }
        }
        if isDefault, isReturning {
            isReturning = false
            var told: [UInt8] = []
            RelayAnswer.appendSubscribed(topic, id: id, recovered: recovered, to: &told)
            socket.emit("roost:subscribed", told.span)
        }
        let format = WireFormat.encoded(by: socket.format)
        let connection = socket.client.connection
        missed?.send(as: format, to: connection, by: worker.front)
        worker.front.hub.release(connection.slot, from: topic, as: format, view: socket.view)
        if topic.kind == .channel {
            worker.presence.enter(connection, in: topic.name, identity.user, isNative: false)
        }
    }

    /// Subscriptions are answered when the broker is back. A client that is not in yet need not wait for that.
    func brokerLost() { accept() }

    func refused(_ topic: Topic, _ reason: String) {
        let message = "the broker refused the subscription to '\(topic)': \(reason)"
        if entry != nil, topic == .channel(door.channel) { return refuse(.forbidden, message) }
        guard let socket, case .awaited(let answers)? = subscriptions[topic] else { return }
        forget(topic, socket.client.connection, socket.view)
        for answer in answers { answer.fail(.forbidden, message) }
        if answers.isEmpty { RelayAnswer(socket: socket, acknowledgement: nil).fail(.forbidden, message) }
    }

    /// Leaves the client out of what is delivered to a topic until `include`.
    func leaveOut(of topic: Topic) { reformat(topic, as: .held) }

    func include(in topic: Topic) {
        if let socket { reformat(topic, as: .encoded(by: socket.format)) }
    }

    private func reformat(_ topic: Topic, as format: WireFormat) {
        guard let socket, case .live? = subscriptions[topic] else { return }
        let connection = socket.client.connection
        // One that reads too slowly is held already.
        guard worker.refills.refill(connection, topic, view: socket.view) == nil else { return }
        worker.front.hub.reformat(connection.slot, topic, as: format, view: socket.view)
    }

    // MARK: Leaving

    func accessEnded(_ message: String) {
        if entry != nil { return refuse(.unauthorized, message) }
        guard let socket else { return }
        RelayAnswer(socket: socket, acknowledgement: nil).fail(.unauthorized, message)
        socket.disconnect()
    }

    func stopped(_ topic: Topic) {
        // One that has not come in yet subscribes after the stop.
        guard entry == nil, subscriptions[topic] != nil, let socket else { return }
        leave(topic, because: "the channel was stopped")
        var told: [UInt8] = []
        RelayAnswer.appendUnsubscribed(topic, .stopped, to: &told)
        socket.emit("roost:unsubscribed", told.span)
    }

    /// Unsubscribes; whoever waits for the subscription is told that it will not come.
    private func leave(_ topic: Topic, because reason: String) {
        guard let socket, let subscription = subscriptions[topic] else { return }
        forget(topic, socket.client.connection, socket.view)
        guard case .awaited(let answers) = subscription else { return }
        for answer in answers { answer.fail(.unavailable, "there is no subscription: \(reason)") }
    }

    private func forget(_ topic: Topic, _ connection: ConnectionID, _ view: UInt8) {
        subscriptions[topic] = nil
        worker.waiting[topic]?[ObjectIdentifier(self)] = nil
        worker.feeds.feed(of: topic)?.leave(self)
        worker.unsubscribe(connection, from: topic, view: view)
    }

    /// The socket is gone, or was not let in.
    func end(_ connection: ConnectionID) {
        entry = nil
        place = nil
        worker.expiry.forget(self)
        for topic in subscriptions.keys {
            if let socket { forget(topic, connection, socket.view) }
        }
        door.remove(self, of: connection)
    }

    // MARK: Going over to another connection

    /// Does what it had on one connection of the hub on another: first there, so that no topic is ever without it.
    func moved(from old: ConnectionID, to new: ConnectionID) {
        guard let socket else { return }
        let format = WireFormat.encoded(by: socket.format)
        for (topic, subscription) in subscriptions {
            var isLive = false
            if case .live = subscription { isLive = true }
            let isRefilled = worker.refills.move(
                topic, view: socket.view, from: old, to: new, as: format)
            let isHeld = isRefilled || !isLive
            _ = worker.subscribe(new, to: topic, as: isHeld ? .held : format, view: socket.view)
            if isLive, topic.kind == .channel {
                worker.presence.enter(new, in: topic.name, identity.user, isNative: false)
            }
            worker.unsubscribe(old, from: topic, view: socket.view)
        }
    }
}
