import Access
import Broker
import EventLoop
import Front
import Hub
import Limits
import Wire

/// One client of the plain door: frames in are published, messages come out bare. PROTOCOL.md, "Plain WebSocket".
final class PlainSession: SocketSession, StoppableSession, HistoryJoiner, ExpiringSession {
    private unowned let worker: Worker
    private let channel: ChannelName
    private let format: WireFormat
    private let echo: Bool
    let identity: Identity
    private let mayPublish: Bool
    private var limits: ClientLimits
    private var connection: ConnectionID?
    /// The channel is not confirmed: what was published now would not come back as an echo.
    private var isEarly = false
    /// What cannot be published yet. No more comes until it is, for then reading stops.
    private var kept: (message: [UInt8], form: MessageEncoder.DataForm)?
    /// It is kept because the client publishes too fast; runs until it is tried again.
    private var pause: LoopTimer?
    private var isSlowedDown = false
    /// Milliseconds after which it is tried again at the latest: the rate may have changed.
    private static let longestPause: UInt64 = 1_000

    /// - Throws: 400 for parameters that it does not know the values of.
    init(
        worker: Worker, channel: ChannelName, query: HTTPQuery, identity: Identity, _ limits: ClientLimits
    ) throws(HTTPError) {
        self.identity = identity
        self.limits = limits
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
            isEarly = echo
            _ = worker.subscribe(connection, to: topic, as: .held)
            worker.feeds.feed(of: topic)?.join(self, since: nil)
        } else if !worker.subscribe(connection, to: topic, as: format) {
            isEarly = echo
            worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
        }
        worker.presence.enter(connection, in: channel, identity.user, isNative: false)
    }

    /// Nothing from before is given out here: what comes from now on is.
    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard let connection else { return }
        worker.front.hub.release(connection.slot, from: topic, as: format)
        publishEarly()
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
        publishEarly()
        pause?.close()
        pause = nil
        if let connection { worker.closed(connection) }
        connection = nil
    }

    func confirmed(_ topic: Topic) { publishEarly() }

    /// What was kept fails now, as what comes from now on will.
    func brokerLost() { publishEarly() }

    private func publishEarly() {
        guard isEarly else { return }
        isEarly = false
        publishKept()
    }

    private func publishKept() {
        guard let connection, let next = kept else { return }
        kept = nil
        publish(next.message.span, next.form)
        if kept == nil { worker.front.resumeReading(connection) }
    }

    private func keep(_ message: Span<UInt8>, _ form: MessageEncoder.DataForm, _ connection: ConnectionID) {
        kept = ([UInt8](copying: message), form)
        worker.front.holdReading(connection)
    }

    /// Nothing is lost and nobody is told: what comes too fast waits with the client, as when the network is slow.
    private func wait(_ refusal: RateExceeded) {
        if !isSlowedDown { worker.limits.counters.count(refusal.limit) }
        isSlowedDown = true
        let pause = pause ?? LoopTimer(on: worker.loop) { [unowned self] in publishKept() }
        pause.start(after: min(refusal.wait / 1_000_000 + 1, Self.longestPause))
        self.pause = pause
    }

    func accessEnded(_ reason: String) {
        if let connection { worker.front.close(connection, .tokenExpired, reason) }
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
        if isEarly, worker.broker.status == .ready { return keep(message, form, connection) }
        if worker.limitsPublishing {
            do throws(RateExceeded) {
                try limits.takePublish(identity, worker)
            } catch {
                keep(message, form, connection)
                return wait(error)
            }
        }
        isSlowedDown = false
        worker.publish(
            message, form, PublishOptions(user: identity.user, echo: echo), to: channel,
            origin: .plain(connection))
    }
}
