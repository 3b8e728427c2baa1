import Broker
import EventLoop
import Front
import Hub
import Limits
import Logging
import Wire

/// One thread of the server: its loop, connections, hub and broker. Workers share nothing that changes.
///
/// Made and used on its own thread only.
final class Worker {
    let loop: EventLoop
    private(set) var settings: WorkerSettings {
        didSet { limitsPublishing = !settings.publishRates.isUnlimited }
    }
    /// Whether any rate holds for publishing: asked for each message.
    private(set) var limitsPublishing: Bool
    /// What the workers of the node count together.
    let limits: NodeLimits
    let broker: any Broker
    let publicFolder: PublicFolder?
    let signals: Signals
    let rules: ChannelRules
    private(set) var origins: OriginRules
    private(set) var access: Authenticator
    let expiry: ExpiryDesk
    private(set) lazy var queues = QueueDesk(worker: self)
    private(set) lazy var refills = RefillDesk(worker: self, on: loop)
    /// All workers of the node, by index, once they have met.
    var peers: [Mailbox<WorkerSignal>] = []
    // These are made in `init` right after `self` is whole, because it calls back into it.
    private var madeFront: Front?
    private var madeInboxes: InboxDesk?
    private var madePresence: PresenceDesk?
    private var madeSocketIO: SocketIODoor?
    private var heartbeat: LoopTimer?
    private let inboxRetry: LoopRetryTimer
    var pending = PendingPublishes()
    var echoes = EchoFilter()
    var feeds = HistoryFeeds()
    private(set) lazy var polls = LongPollDesk(worker: self, on: loop)
    private(set) lazy var eventFormats = EventStreamFormats(worker: self)
    private(set) lazy var control = Control(worker: self)
    private(set) lazy var emitters = EmitterDesk(worker: self)
    /// The patterns that have a subscriber here.
    var patterns: Set<Topic> = []
    /// Who waits for the broker to confirm a topic.
    var waiting: [Topic: [ObjectIdentifier: any TopicWaiter]] = [:]
    /// Publishers stand still until the broker has drained.
    var hasPaused = false
    /// Runs while clients take their leave.
    var goodbye: LoopTimer?
    private var isClosed = false
    let readiness: Readiness
    let statusChanged: (BrokerStatus) -> Void
    let logger = Logger(label: "roost.worker")
    /// The JSON of the message being published; kept to save its allocation.
    var scratch: [UInt8] = []

    /// - Parameters:
    ///   - broker: not started yet.
    ///   - readiness: of all workers; `limits` too.
    ///   - statusChanged: hears of this worker's broker.
    init(
        on loop: EventLoop, settings: WorkerSettings, broker: any Broker, publicFolder: PublicFolder?,
        readiness: Readiness, limits: NodeLimits, statusChanged: @escaping (BrokerStatus) -> Void
    ) throws(LoopError) {
        self.loop = loop
        self.settings = settings
        limitsPublishing = !settings.publishRates.isUnlimited
        self.limits = limits
        self.broker = broker
        signals = Signals(broker: broker)
        inboxRetry = LoopRetryTimer(on: loop)
        rules = ChannelRules(settings.channels)
        origins = OriginRules(settings.origins)
        access = Authenticator(settings.access)
        expiry = ExpiryDesk(on: loop)
        self.publicFolder = publicFolder
        self.readiness = readiness
        self.statusChanged = statusChanged
        let front = try Front(on: loop, settings: settings.front, limits: limits, handler: self)
        madeFront = front
        madeInboxes = InboxDesk(
            broker: broker, signals: signals, outlet: front, rule: settings.inbox,
            pageBytes: min(InboxDesk.pageBytes, settings.front.maximumUnsent / 4), retry: inboxRetry
        ) { [unowned self] in name(of: $0) }
        let presence = PresenceDesk(
            broker: broker, signals: signals, outlet: front, rules: rules, name: settings.name)
        madePresence = presence
        let heartbeat = LoopTimer(on: loop) { [unowned presence] in presence.beat() }
        heartbeat.start(after: PresenceDesk.heartbeat, every: PresenceDesk.heartbeat)
        self.heartbeat = heartbeat
        madeSocketIO = SocketIODoor(worker: self)
        broker.delegate = self
        control.start()
        emitters.start()
        loop.onTurnEnd { [unowned self] in endTurn() }
        broker.start()
    }

    var front: Front {
        // Set at the end of `init`, never reset: nothing can ask before.
        guard let madeFront else { preconditionFailure("asked for the front while it is being made") }
        return madeFront
    }

    var inboxes: InboxDesk {
        guard let madeInboxes else { preconditionFailure("asked for the inboxes while they are being made") }
        return madeInboxes
    }

    var presence: PresenceDesk {
        guard let madePresence else { preconditionFailure("asked for the presence while it is being made") }
        return madePresence
    }

    var socketIO: SocketIODoor {
        guard let madeSocketIO else { preconditionFailure("asked for Socket.IO while it is being made") }
        return madeSocketIO
    }

    var historyReader: HistoryReader {
        HistoryReader(broker: broker, rules: rules, maximumBytes: settings.front.maximumUnsent / 2)
    }

    /// What a client is told it is called: no other connection, of any worker or node, has the name.
    func name(of connection: ConnectionID) -> String {
        settings.name + "-" + String(connection.packed, radix: 36)
    }

    /// Goes on with other settings. Subscriptions stay; a channel that has got a history, or lost it, is read from its
    /// history or not from now on. Presence begins with those who subscribe after this.
    func configure(_ settings: WorkerSettings) {
        let before = self.settings.access
        self.settings = settings
        front.settings = settings.front
        rules.replace(settings.channels)
        origins = OriginRules(settings.origins)
        access = Authenticator(settings.access)
        if !settings.access.treatsStrangersLike(before) { endStrangers() }
        queues.replace(settings.queues)
        inboxes.rule = settings.inbox
        for (topic, index) in front.hub.allTopics {
            front.hub.setSlowPolicy(slowPolicy(topic), of: index)
            switch (feeds.feed(of: topic), hasHistory(topic)) {
            case (let feed?, true): feed.revive()
            case (let feed?, false): feed.dissolve()
            case (nil, true):
                let feed = HistoryFeed(worker: self, topic: topic, index: index)
                feeds.add(feed)
                if front.hub.isLive(topic) { feed.subscribed() }
            case (nil, false): break
            }
        }
    }

    /// Goes on with another certificate.
    func renew(_ tls: ServerTLSSettings) {
        settings.front.tls = tls
        front.settings.tls = tls
    }

    /// Ends whoever came without a token: no end of one would end what they may do.
    private func endStrangers() {
        let reason = "what is permitted without a token has changed"
        for id in front.openSessions {
            guard let session = front.session(of: id) as? any ExpiringSession,
                session.identity.credentials == .none
            else { continue }
            session.accessEnded(reason)
        }
        socketIO.endStrangers(reason)
    }

    /// Publishes first, so that the broker works while the sockets are written.
    func endTurn() {
        queues.endTurn()
        presence.flush()
        broker.flush()
        front.flush()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        goodbye?.close()
        queues.close()
        polls.close()
        refills.close()
        socketIO.close()
        expiry.close()
        inboxRetry.close()
        heartbeat?.close()
        front.close()
        broker.close()
        loop.onTurnEnd(nil)
        loop.stop()
    }

    // MARK: Publishing

    /// Publishes data that came in by a door. `origin` is answered by `brokerPublished`.
    func publish(
        _ data: Span<UInt8>, _ form: MessageEncoder.DataForm, _ options: PublishOptions,
        to channel: ChannelName, origin: PendingPublish.Origin
    ) {
        scratch.removeAll(keepingCapacity: true)
        let idPosition = MessageEncoder.append(
            channel: channel.bytes.span, event: options.event, from: options.user?.bytes,
            time: WallClock.milliseconds(), data: data, form: form, to: &scratch)
        if !options.echo { suppressEcho(of: channel, for: origin.connection) }
        let history = rules.rule(for: channel)?.history
        let store =
            history == nil && options.idempotencyKey == nil
            ? nil
            : StoreRequest(
                rule: history, idPosition: idPosition, idempotencyKey: options.idempotencyKey,
                timeToLive: options.timeToLive)
        let receipt = pending.add(origin)
        broker.publish(scratch.span, to: channel.bytes.span, store: store, receipt: receipt)
        pauseIfCongested(origin.connection)
    }

    /// Reads no more from a client while the broker takes less than comes.
    func pauseIfCongested(_ connection: ConnectionID) {
        guard broker.isCongested else { return }
        hasPaused = true
        if !socketIO.holdReading(connection) { front.pauseReading(connection) }
    }

    private func suppressEcho(of channel: ChannelName, for connection: ConnectionID) {
        // A connection may be subscribed several times, as different views; it is left out of all at once.
        var topics: Set<Topic> = []
        front.hub.forEachTopic(of: connection.slot) { topics.insert($0) }
        for topic in topics {
            let isExpected =
                switch topic.kind {
                case .channel: topic.name == channel
                case .pattern: GlobPattern.matches(topic.name.bytes.span, channel.bytes.span)
                }
            if isExpected { echoes.expect(scratch, of: channel, on: topic, from: connection) }
        }
    }

    // MARK: Subscribing

    /// Subscribes a connection to a topic; true if it is live already.
    /// - Parameter view: which of the connection's views of the topic; most have one.
    func subscribe(
        _ connection: ConnectionID, to topic: Topic, as format: WireFormat, view: UInt8 = 0
    ) -> Bool {
        if topic.kind == .channel { presence.expect(connection, in: topic.name) }
        let isFirst = front.hub.subscribe(connection.slot, to: topic, as: format, view: view)
        if isFirst {
            if let index = front.hub.topicIndex(topic) {
                front.hub.setSlowPolicy(slowPolicy(topic), of: index)
                if hasHistory(topic) { feeds.add(HistoryFeed(worker: self, topic: topic, index: index)) }
            }
            if topic.kind == .pattern { patterns.insert(topic) }
            if emitters.isLive(topic) {
                brokerSubscribed(kind: topic.kind, name: topic.name.bytes.span)
            } else {
                broker.subscribe(to: topic)
            }
        }
        return front.hub.isLive(topic)
    }

    func hasHistory(_ topic: Topic) -> Bool {
        topic.kind == .channel && rules.rule(for: topic.name)?.history != nil
    }

    /// Of those who are subscribed to it: a pattern's messages are of many channels, and all or none are kept.
    private func slowPolicy(_ topic: Topic) -> SlowPolicy {
        topic.kind == .channel ? rules.rule(for: topic.name)?.slow ?? .close : .close
    }

    /// A connection is gone that was subscribed to something.
    func closed(_ connection: ConnectionID) {
        refills.closed(connection)
        presence.closed(connection)
    }

    func unsubscribe(_ connection: ConnectionID, from topic: Topic, view: UInt8 = 0) {
        refills.forget(connection, topic, view: view)
        let isLast = front.hub.unsubscribe(connection.slot, from: topic, view: view)
        if topic.kind == .channel, !front.hub.isSubscribed(connection.slot, toAnyViewOf: topic) {
            presence.leave(connection, from: topic.name)
        }
        if isLast == true { topicOrphaned(topic) }
    }
}
