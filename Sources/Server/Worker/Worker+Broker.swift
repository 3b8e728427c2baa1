import Broker
import Front
import Hub
import Wire

/// What the broker tells: messages, confirmations, answers, its comings and goings.
extension Worker: BrokerDelegate {
    func brokerReceived(
        _ payload: Span<UInt8>, kind: Topic.Kind, name: Span<UInt8>, channel: Span<UInt8>
    ) {
        if name.starts(with: ChannelName.reservedPrefix) { return signals.received(payload, name: name) }
        if kind == .channel { emitters.received(payload, on: name) }
        guard let topic = front.hub.liveTopic(kind, name) else { return }
        if let view = MessageView(payload, channel: channel) {
            let excluded = echoes.isEmpty ? nil : takeEcho(payload, view, kind, name, channel)
            deliver(payload, view, to: topic, excluding: excluded)
            return
        }
        // Published past Roost: its text, or its bytes, become the data of a message.
        var message: [UInt8] = []
        MessageEncoder.appendForeign(
            channel: channel, payload: payload, time: WallClock.milliseconds(), to: &message)
        // A channel's name can be any bytes in Redis; one that is not UTF-8 makes no valid message.
        guard let view = MessageView(message.span, channel: channel) else { return }
        deliver(message.span, view, to: topic, excluding: nil)
    }

    func deliver(
        _ message: Span<UInt8>, _ view: MessageView, to topic: UInt32, excluding slot: UInt32?
    ) {
        guard let feed = feeds.feed(at: topic) else {
            return front.hub.deliver(message, view, to: topic, excluding: slot)
        }
        let id = view.id.flatMap { MessageID(message.extracting($0.contents)) }
        feed.received(message, view, id, excluding: slot)
    }

    /// The slot of the connection that published this and does not want it back.
    private func takeEcho(
        _ payload: Span<UInt8>, _ view: MessageView, _ kind: Topic.Kind, _ name: Span<UInt8>,
        _ channel: Span<UInt8>
    ) -> UInt32? {
        guard let topic = try? ChannelName(validating: [UInt8](copying: name)),
            let channel = try? ChannelName(validating: [UInt8](copying: channel)),
            let expected = echoes.take(view.withoutID(payload), of: channel, on: Topic(kind, topic)),
            case let connection = socketIO.successor(of: expected) ?? expected,
            front.hub.isConnected(connection)
        else { return nil }
        return connection.slot
    }

    func brokerSubscribed(kind: Topic.Kind, name: Span<UInt8>) {
        if name.starts(with: ChannelName.reservedPrefix) { return signals.subscribed(name: name) }
        emitters.subscribed(kind, name)
        guard let topic = front.hub.confirm(kind, name) else { return }
        for session in (waiting.removeValue(forKey: topic) ?? [:]).values { session.confirmed(topic) }
        feeds.feed(of: topic)?.subscribed()
    }

    func brokerRefused(_ topic: Topic, reason: String) {
        if topic.name.isSignal { return signals.refused(topic, reason: reason) }
        emitters.refused(topic)
        let feed = feeds.feed(of: topic)
        for session in (waiting.removeValue(forKey: topic) ?? [:]).values { session.refused(topic, reason) }
        feed?.refused(reason)
    }

    func brokerLostSubscriptions() {
        front.hub.suspendAll()
        signals.lost()
        emitters.lost()
        feeds.forEach { $0.lost() }
    }

    func brokerPublished(receipt: UInt64, outcome: PublishOutcome) {
        guard let origin = pending.take(receipt) else { return }
        let error = outcome.failure?.clientError
        var id: MessageID?
        if case .stored(let stored) = outcome { id = stored }
        switch origin {
        case .native(let connection, let reference):
            NativeSession.sendPublished(reference, id, error, to: connection, by: front)
        case .plain(let connection):
            if let error { front.close(connection, .tryAgainLater, error.message) }
        case .socketIO(_, let answer): answer.published(id, error)
        case .http(let connection):
            let response = error.map { HTTPResponse($0.httpError) } ?? .published(id)
            front.respond(to: connection, response)
        }
    }

    func brokerStatusChanged(_ status: BrokerStatus) {
        if status != .ready {
            // What was published may be lost, and then never comes back.
            echoes.removeAll()
            for waiters in waiting.values { for session in waiters.values { session.brokerLost() } }
            feeds.forEach { $0.brokerLost() }
        }
        statusChanged(status)
        if !broker.isCongested { brokerDrained() }
    }

    func brokerDrained() {
        feeds.forEach { $0.retry() }
        refills.retry()
        guard hasPaused else { return }
        hasPaused = false
        front.resumeReading()
        socketIO.resumeReading()
    }
}

/// Why something that the broker was asked for failed, as clients are told.
struct ClientFailure: Error {
    let code: ErrorCode
    let message: String

    var httpError: HTTPError {
        code == .notFound
            ? HTTPError(.notFound, code, message)
            : HTTPError(.serviceUnavailable, code, message, headers: [HTTPHeader("Retry-After", "1")])
    }
}

extension PublishOutcome {
    /// `nil` if the broker has the message.
    var failure: BrokerFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension BrokerFailure {
    var clientError: ClientFailure {
        switch self {
        case .unavailable:
            ClientFailure(code: .unavailable, message: "the broker cannot be reached; try again later")
        case .overloaded:
            ClientFailure(
                code: .overloaded, message: "more is being asked of the broker than it takes; try again later"
            )
        case .refused(let reason):
            ClientFailure(code: .unavailable, message: "the broker refused: \(reason)")
        }
    }
}

extension BrokerFailure {
    func nativeError(_ reference: NativeReference) -> NativeError {
        let error = clientError
        return NativeError(error.code, error.message, reference: reference)
    }
}

extension HTTPResponse {
    /// The answer to a request for a channel's history.
    static func history(_ answer: HistoryReader.Answer) -> HTTPResponse {
        var body: [UInt8] = [UInt8(ascii: "{")]
        NativeEncoder.appendMessages(
            answer.messages, isComplete: answer.isComplete, id: answer.id, to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(body)
    }

    /// The answer to a publish that succeeded.
    static func published(_ id: MessageID?) -> HTTPResponse {
        .json(Array((id.map { #"{"id":"\#($0)"}"# } ?? "{}").utf8))
    }
}
