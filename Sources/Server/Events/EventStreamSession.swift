import Broker
import Front
import Hub
import Wire

/// One client of an event stream. PROTOCOL.md, "Server-Sent Events".
///
/// The response begins when every channel is confirmed, so that whoever has its head misses nothing from then on.
final class EventStreamSession: StreamSession, StoppableSession, HistoryJoiner, ExpiringSession {
    private unowned let worker: Worker
    private let request: EventStreamRequest
    let identity: Identity
    private var connection: ConnectionID?
    private var isOpen = false
    /// Channels that the broker has not confirmed.
    private var unconfirmed: Set<ChannelName> = []
    /// Channels of which the client has not been told what it missed.
    private var joining: Set<ChannelName> = []
    /// Channels that have not ended.
    private var current: Set<ChannelName> = []
    /// Says where the client is in all its channels, once that is known.
    private var settledFormat: WireFormat?

    init(worker: Worker, request: EventStreamRequest, identity: Identity) {
        self.worker = worker
        self.request = request
        self.identity = identity
    }

    var heartbeat: [UInt8] { isOpen ? Array(":\n\n".utf8) : [] }

    // MARK: Opening

    func opened(_ connection: ConnectionID) {
        self.connection = connection
        worker.expiry.watch(self, identity)
        current = Set(request.channels)
        for channel in request.channels {
            let topic = Topic.channel(channel)
            if !worker.subscribe(connection, to: topic, as: .held) {
                unconfirmed.insert(channel)
                worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
            }
            if worker.hasHistory(topic) { joining.insert(channel) }
        }
        // A browser takes an error for the end: better a stream that waits for the broker.
        if unconfirmed.isEmpty || worker.broker.status != .ready { open() }
    }

    private func open() {
        guard !isOpen, let connection else { return }
        isOpen = true
        worker.front.beginStream(connection, Self.head)
        send { EventStreamEncoder.append(retry: worker.settings.jitteredRetry, to: &$0) }
        for channel in request.channels where !unconfirmed.contains(channel) { start(channel) }
    }

    private static let head = HTTPResponse(
        .ok,
        headers: [
            HTTPHeader("Content-Type", "text/event-stream"), HTTPHeader("Cache-Control", "no-store"),
            // nginx would keep the events until it has a bufferful.
            HTTPHeader("X-Accel-Buffering", "no"),
        ])

    func confirmed(_ topic: Topic) {
        guard unconfirmed.remove(topic.name) != nil else { return }
        if isOpen { start(topic.name) } else if unconfirmed.isEmpty { open() }
    }

    func brokerLost() { open() }

    func refused(_ topic: Topic, _ reason: String) {
        guard let connection else { return }
        let error = HTTPError(
            .forbidden, .forbidden, "the broker refused the subscription to '\(topic.name)': \(reason)")
        if !isOpen { return worker.front.refuseStream(connection, error) }
        send { EventStreamEncoder.append(own: "error", id: [], HTTPResponse(error).body.span, to: &$0) }
        leave(topic.name)
    }

    /// The channel is live, and the client is listening.
    private func start(_ channel: ChannelName) {
        guard let connection else { return }
        let topic = Topic.channel(channel)
        worker.presence.enter(connection, in: channel, identity.user, isNative: false)
        if joining.contains(channel) {
            let index = request.channels.firstIndex(of: channel)
            // The rule may have gone since the client came.
            guard let feed = worker.feeds.feed(of: topic) else {
                return joined(topic, id: nil, recovered: false, missed: nil)
            }
            feed.join(self, since: index.flatMap { request.since[$0] })
        } else {
            worker.front.hub.release(connection.slot, from: topic, as: format)
        }
    }

    // MARK: Joining

    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard let connection, joining.remove(topic.name) != nil else { return }
        if request.isReturning, !recovered {
            let since = request.channels.firstIndex(of: topic.name).flatMap { request.since[$0] }
            var notice: [UInt8] = []
            NativeEncoder.appendGap(topic, since: since, to: &notice)
            send { EventStreamEncoder.append(own: "gap", id: [], notice.span, to: &$0) }
        }
        missed?.send(as: format, to: connection, by: worker.front)
        worker.front.hub.release(connection.slot, from: topic, as: format)
        if joining.isEmpty { settle(connection) }
    }

    /// What messages are sent as now.
    private var format: WireFormat {
        if let settledFormat { return settledFormat }
        // Before the client has been told of every channel what it missed, no id may say that it has.
        if request.channels.count == 1 { return worker.eventFormats.single(request.form) }
        return worker.eventFormats.withoutID(request.form)
    }

    /// Everything about the past is said: from now on each event tells where the client is.
    private func settle(_ connection: ConnectionID) {
        var id: [UInt8] = []
        for (index, channel) in request.channels.enumerated() {
            if index > 0 { id.append(UInt8(ascii: ",")) }
            EventStreamFormat.append(worker.feeds.feed(of: .channel(channel))?.id, to: &id)
        }
        send { EventStreamEncoder.append(id: id, to: &$0) }
        guard request.channels.count > 1, settledFormat == nil else { return }
        let format = worker.eventFormats.take(request.channels, request.form)
        settledFormat = format
        for channel in current {
            worker.front.hub.reformat(connection.slot, .channel(channel), as: format)
        }
    }

    // MARK: Ending

    /// Says why before it ends: a browser comes back by itself, and is told 401.
    func accessEnded(_ reason: String) {
        guard let connection else { return }
        let error = HTTPError(.unauthorized, .unauthorized, reason)
        if !isOpen { return worker.front.refuseStream(connection, error) }
        send { EventStreamEncoder.append(own: "error", id: [], HTTPResponse(error).body.span, to: &$0) }
        worker.front.endStream(connection)
    }

    func stopped(_ topic: Topic) {
        var notice: [UInt8] = []
        NativeEncoder.appendUnsubscribed(topic, reason: .stopped, .none, to: &notice)
        if isOpen { send { EventStreamEncoder.append(own: "stopped", id: [], notice.span, to: &$0) } }
        leave(topic.name)
    }

    private func leave(_ channel: ChannelName) {
        guard let connection, current.remove(channel) != nil else { return }
        worker.unsubscribe(connection, from: .channel(channel))
        forget(channel)
        unconfirmed.remove(channel)
        if joining.remove(channel) != nil, joining.isEmpty, isOpen { settle(connection) }
        if current.isEmpty {
            open()
            worker.front.endStream(connection)
        } else if !isOpen, unconfirmed.isEmpty {
            open()
        }
    }

    func drained() {
        if let connection { worker.refills.drained(connection) }
    }

    func closed() {
        worker.expiry.forget(self)
        for channel in current { forget(channel) }
        if settledFormat != nil { worker.eventFormats.drop(request.channels, request.form) }
        if let connection { worker.closed(connection) }
        connection = nil
    }

    private func forget(_ channel: ChannelName) {
        let topic = Topic.channel(channel)
        worker.waiting[topic]?[ObjectIdentifier(self)] = nil
        worker.feeds.feed(of: topic)?.leave(self)
    }

    private func send(_ build: (inout [UInt8]) -> Void) {
        guard let connection else { return }
        var bytes: [UInt8] = []
        build(&bytes)
        worker.front.hub.send(bytes.span, to: connection.slot)
    }
}
