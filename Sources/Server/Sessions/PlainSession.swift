import Access
import Broker
import Front
import Hub
import Wire

/// One client of the plain door: frames in are published, messages come out bare. PROTOCOL.md, "Plain WebSocket".
final class PlainSession: SocketSession, StoppableSession, HistoryJoiner, ExpiringSession {
    private unowned let worker: Worker
    private let channel: ChannelName
    private let format: WireFormat
    private let echo: Bool
    private let identity: Identity
    private let mayPublish: Bool
    private var connection: ConnectionID?
    /// What was sent before the channel was confirmed, kept so that it comes back as an echo: at most what was read
    /// at once, for then reading stops. `nil` once nothing needs to be kept.
    private var early: [(message: [UInt8], form: MessageEncoder.DataForm)]?

    /// - Throws: 400 for parameters that it does not know the values of.
    init(worker: Worker, channel: ChannelName, query: HTTPQuery, identity: Identity) throws(HTTPError) {
        self.identity = identity
        mayPublish = identity.permissions.allow(.publish, channel)
        self.worker = worker
        self.channel = channel
        switch query.text("echo") {
        case nil, "true": echo = true
        case "false": echo = false
        default: throw HTTPError(.badRequest, .badRequest, "'echo' must be true or false")
        }
        switch query.text("format") {
        case nil, "text": format = .plain
        case "json": format = .native
        default: throw HTTPError(.badRequest, .badRequest, "'format' must be text or json")
        }
    }

    var wantsValidatedText: Bool { true }

    func opened(_ connection: ConnectionID) {
        self.connection = connection
        worker.expiry.watch(self, identity)
        let topic = Topic.channel(channel)
        if worker.hasHistory(topic) {
            if echo { early = [] }
            _ = worker.subscribe(connection, to: topic, as: .held)
            worker.feeds.feed(of: topic)?.join(self, since: nil)
        } else if !worker.subscribe(connection, to: topic, as: format) {
            if echo { early = [] }
            worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
        }
        worker.presence.enter(connection, in: channel, identity.user, isNative: false)
    }

    /// Nothing from before is given out here: what comes from now on is.
    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard let connection else { return }
        worker.front.hub.release(connection.slot, from: topic, as: format)
        publishKept()
    }

    func receivedText(_ message: Span<UInt8>) { publish(message, .text) }

    func receivedBinary(_ message: Span<UInt8>) { publish(message, .binary) }

    func drained() {
        if let connection { worker.refills.drained(connection) }
    }

    func closed() {
        worker.expiry.forget(self)
        worker.waiting[.channel(channel)]?[ObjectIdentifier(self)] = nil
        worker.feeds.feed(of: .channel(channel))?.leave(self)
        // Nobody is there any more for the echo, but the others are.
        publishKept()
        if let connection { worker.closed(connection) }
        connection = nil
    }

    func confirmed(_ topic: Topic) { publishKept() }

    /// What was kept fails now, as what comes from now on will.
    func brokerLost() { publishKept() }

    private func publishKept() {
        let kept = early ?? []
        early = nil
        for item in kept { publish(item.message.span, item.form) }
        if let connection { worker.front.resumeReading(connection) }
    }

    func tokenExpired() {
        if let connection { worker.front.close(connection, .tokenExpired, "the token has expired") }
    }

    func stopped(_ topic: Topic) {
        if let connection { worker.front.close(connection, .normal, "the channel was stopped") }
    }

    func refused(_ topic: Topic, _ reason: String) {
        guard let connection else { return }
        worker.front.close(connection, .policyViolation, "the broker refused the channel: \(reason)")
    }

    private func publish(_ message: Span<UInt8>, _ form: MessageEncoder.DataForm) {
        guard let connection else { return }
        guard mayPublish else {
            let denial = identity.denial(.publish, channel)
            return worker.front.close(connection, .policyViolation, "\(denial.message)")
        }
        // While the broker is away, publishing fails at once, and so it shall.
        if early != nil, worker.broker.status == .ready {
            early?.append(([UInt8](copying: message), form))
            return worker.front.holdReading(connection)
        }
        worker.publish(
            message, form, PublishOptions(user: identity.user, echo: echo), to: channel,
            origin: .plain(connection))
    }
}
