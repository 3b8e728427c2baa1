import Broker
import Hub
import Wire

/// Who of this worker is in which channel with presence: tells the broker, and tells the native clients who comes and
/// goes. Confined to its worker's thread.
final class PresenceDesk {
    private unowned let broker: any PresenceBroker
    private let signals: Signals
    private unowned let outlet: any PresenceOutlet
    private let rules: ChannelRules
    /// The worker's name, which no other has.
    private let name: String
    private var channels: [ChannelName: ChannelPresence] = [:]
    /// The channels of each connection.
    private var connections: [ConnectionID: Set<ChannelName>] = [:]
    /// The channels by their signals.
    private var topics: [Topic: ChannelName] = [:]
    /// Channels with something to tell.
    private var changed: Set<ChannelName> = []

    /// Milliseconds between two words about a channel.
    static let heartbeat = UInt64(PresenceUpdate.standardTimeToLive / 3)

    init(
        broker: any PresenceBroker, signals: Signals, outlet: any PresenceOutlet, rules: ChannelRules,
        name: String
    ) {
        self.broker = broker
        self.signals = signals
        self.outlet = outlet
        self.rules = rules
        self.name = name
    }

    func hasPresence(_ channel: ChannelName) -> Bool { rules.rule(for: channel)?.presence == true }

    // MARK: Coming and going

    /// A connection is about to be subscribed to a channel. To be said before the broker is asked for the channel: then
    /// who comes and goes is heard as soon as the channel's messages are.
    func expect(_ connection: ConnectionID, in channel: ChannelName) {
        guard hasPresence(channel) else { return }
        connections[connection, default: []].insert(channel)
        let isFirst = channels[channel] == nil
        channels[channel, default: ChannelPresence()].expect(connection)
        guard isFirst else { return }
        let topic = Topic.signal("presence", of: channel)
        topics[topic] = channel
        signals.listen(to: topic, self)
    }

    /// The connection is subscribed now, or was already. Nothing happens unless it was expected.
    /// - Parameter isNative: it is to be told who comes and goes.
    func enter(_ connection: ConnectionID, in channel: ChannelName, _ user: UserName?, isNative: Bool) {
        guard connections[connection]?.contains(channel) == true else { return }
        if channels[channel]?.enter(connection, user, isNative: isNative) == true { changed.insert(channel) }
    }

    func leave(_ connection: ConnectionID, from channel: ChannelName) {
        connections[connection]?.remove(channel)
        remove(connection, from: channel)
    }

    func closed(_ connection: ConnectionID) {
        for channel in connections.removeValue(forKey: connection) ?? [] { remove(connection, from: channel) }
    }

    private func remove(_ connection: ConnectionID, from channel: ChannelName) {
        if channels[channel]?.leave(connection) == true { changed.insert(channel) }
        guard channels[channel]?.isEmpty == true else { return }
        if changed.contains(channel) { tell(channel) }
        channels[channel] = nil
        let topic = Topic.signal("presence", of: channel)
        topics[topic] = nil
        signals.ignore(topic, self)
    }

    // MARK: Telling the broker

    /// Tells what has changed. Called at the end of each turn.
    func flush() {
        guard !changed.isEmpty else { return }
        let channels = changed
        changed = []
        for channel in channels {
            // Whoever comes is to hear of it, too: not before the signal does arrive, and then all is told.
            if signals.isLive(.signal("presence", of: channel)) { tell(channel) }
        }
    }

    /// Says of every channel that this worker is alive. To be called every `heartbeat` milliseconds.
    func beat() {
        for (channel, presence) in channels {
            if presence.hasNews {
                changed.insert(channel)
            } else if let update = presence.heartbeat(channel, worker: name) {
                send(update)
            }
        }
        flush()
    }

    private func tell(_ channel: ChannelName) {
        changed.remove(channel)
        if let update = channels[channel]?.takeUpdate(channel, worker: name) { send(update) }
    }

    private func send(_ update: PresenceUpdate) {
        broker.updatePresence(update) { [weak self] result in
            switch result {
            case .success(true): break
            case .success(false): if !update.isWhole { self?.tellAll(update.channel) }
            case .failure: self?.channels[update.channel]?.tellAll()
            }
        }
    }

    /// The broker has forgotten what it was told: it is told at the end of this turn.
    private func tellAll(_ channel: ChannelName) {
        guard channels[channel] != nil else { return }
        channels[channel]?.tellAll()
        changed.insert(channel)
    }

    // MARK: Asking

    func read(
        _ channel: ChannelName, then: @escaping (Result<PresenceList, ClientFailure>) -> Void
    ) {
        guard hasPresence(channel) else {
            let message = "the channel '\(channel)' has no presence; see 'channels' in the configuration"
            return then(.failure(ClientFailure(code: .notFound, message: message)))
        }
        // What is still to be told comes first.
        if changed.contains(channel) { flush() }
        broker.readPresence(of: channel) { result in then(result.mapError(\.clientError)) }
    }
}

extension PresenceDesk: SignalListener {
    func signalled(_ payload: Span<UInt8>, on topic: Topic) {
        guard let channel = topics[topic], let presence = channels[channel],
            let signal = PresenceSignal(payload)
        else { return }
        var frame: [UInt8] = []
        switch signal {
        case .joined(let user): NativeEncoder.appendJoin(channel, user, to: &frame)
        case .left(let user): NativeEncoder.appendLeave(channel, user, to: &frame)
        }
        for connection in presence.nativeConnections { outlet.sendText(frame.span, to: connection) }
    }

    /// The broker may have been away, and have forgotten everything.
    func signalsLive(_ topic: Topic) {
        if let channel = topics[topic] { tellAll(channel) }
    }
}
