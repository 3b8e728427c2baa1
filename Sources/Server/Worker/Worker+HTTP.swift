import Access
import Broker
import EventLoop
import Front
import Hub
import Limits
import SocketIO
import Wire

/// What each URL means.
extension Worker: FrontHandler {
    func topicOrphaned(_ topic: Topic) {
        if !emitters.listens(to: topic) { broker.unsubscribe(from: topic) }
        patterns.remove(topic)
        waiting[topic] = nil
        feeds.remove(topic)
    }

    func subscriptionSpilled(_ subscription: SpilledSubscription) { refills.add(subscription) }

    func headers(for head: HTTPRequestHead) -> [HTTPHeader] {
        CollectionOfOne(HTTPHeader("X-Content-Type-Options", "nosniff")) + origins.headers(for: head)
    }

    func requestAbandoned(by connection: ConnectionID) {
        queues.requestAbandoned(by: connection)
        polls.abandoned(by: connection)
        socketIO.server.requestAbandoned(by: connection)
    }

    func admit(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission {
        // It is asked about again by the worker whose it is.
        if let admission = handOver(head) { return admission }
        let address = address(of: head, from: peer)
        try checkRate(of: head, from: address)
        let route = try Route(head.path)
        if head.method == "OPTIONS" { return .request(maximumBody: Self.maximumUnwantedBody) }
        guard route.methods.contains(head.method) else {
            throw HTTPError(
                .methodNotAllowed, .methodNotAllowed,
                "\(head.method) is not allowed here; allowed: \(route.methods.joined(separator: ", "))",
                headers: [HTTPHeader("Allow", route.methods.joined(separator: ", "))])
        }
        if route.actsForPages(head.method) { try origins.admit(head) }
        let identity = try access.admit(head, to: route)
        switch route {
        case .nativeSocket:
            let places = try claimPlaces(for: identity, address, from: peer)
            let session = NativeSession(worker: self, identity: identity, ClientLimits(address))
            return .webSocket(session, places)
        case .plainSocket(let channel):
            let session = try PlainSession(
                worker: self, channel: channel, query: HTTPQuery(head.query), identity: identity,
                ClientLimits(address))
            return .webSocket(session, try claimPlaces(for: identity, address, from: peer))
        case .socketIO: return try admitSocketIO(head, address, from: peer)
        case .events:
            let session = try eventStream(head, of: nil, identity)
            return .stream(session, try claimPlaces(for: identity, address, from: peer))
        case .channelEvents(let channel):
            let session = try eventStream(head, of: channel, identity)
            return .stream(session, try claimPlaces(for: identity, address, from: peer))
        case .messages where head.method == "GET":
            return .request(maximumBody: Self.maximumUnwantedBody)
        case .messages:
            return try admitMessage(head, identity, address)
        case .notifications where head.method == "POST":
            return try admitMessage(head, identity, address)
        case .queue(_, let resource): return try admit(resource, head, identity, address)
        case .presence, .stop, .notifications, .acknowledgement, .health, .readiness, .metrics, .file:
            return .request(maximumBody: Self.maximumUnwantedBody)
        }
    }

    private func eventStream(
        _ head: HTTPRequestHead, of channel: ChannelName?, _ identity: Identity
    ) throws(HTTPError) -> EventStreamSession {
        let request = try EventStreamRequest(head, channel, maximum: settings.maximumSubscriptions)
        do throws(AccessDenial) {
            for channel in request.channels { try identity.require(.subscribe, channel) }
        } catch {
            throw error.httpError
        }
        return EventStreamSession(worker: self, request: request, identity: identity)
    }

    private func admitMessage(
        _ head: HTTPRequestHead, _ identity: Identity, _ address: PeerAddress
    ) throws(HTTPError) -> Admission {
        guard head.header("content-length") != nil || head.framing == .chunked else {
            throw HTTPError(
                .lengthRequired, .lengthRequired, "a message needs a body: Content-Length, or chunked")
        }
        _ = try PublishRequest(head)
        try checkPublishRate(identity, address)
        return .request(maximumBody: settings.front.maximumMessageSize, limit: .messageSize)
    }

    /// A body where none is wanted is read over, up to this size.
    static let maximumUnwantedBody = 64 * 1024

    func handle(_ request: HTTPRequest) {
        do throws(HTTPError) {
            let route = try Route(request.head.path)
            if request.head.method == "OPTIONS" {
                let response = origins.answer(to: request.head, methods: route.methods)
                return front.respond(to: request.connection, response)
            }
            switch route {
            case .queue(let queue, let resource): try handle(request, queue, resource)
            case .socketIO: socketIO.server.handle(request)
            case .messages(let channel):
                if request.head.method == "GET" {
                    try readHistory(request, channel)
                } else {
                    try publish(request, to: channel)
                }
            case .stop(let channel): tellAll(.stop(channel), for: request)
            case .presence(let channel): readPresence(request, of: channel)
            case .notifications(let user):
                if request.head.method == "POST" {
                    try notify(request, user)
                } else {
                    try readNotifications(request, user)
                }
            case .acknowledgement(let id, let user): try acknowledge(request, id, of: user)
            case .health: front.respond(to: request.connection, .json(Array(#"{"status":"ok"}"#.utf8)))
            case .readiness: front.respond(to: request.connection, readinessResponse())
            case .metrics: sendMetrics(request)
            case .file: try sendFile(request)
            case .nativeSocket, .plainSocket, .events, .channelEvents:
                // `admit` has made something else of them.
                throw HTTPError(.badRequest, .badRequest, "this URL answers no simple request")
            }
        } catch {
            front.respond(to: request.connection, HTTPResponse(error))
        }
    }

    private func publish(_ request: HTTPRequest, to channel: ChannelName) throws(HTTPError) {
        let wanted = try PublishRequest(request.head)
        let data = try wanted.data(in: request.body)
        let options = PublishOptions(
            event: wanted.event, user: try access.identify(request.head).user,
            idempotencyKey: wanted.idempotencyKey, timeToLive: wanted.timeToLive)
        publish(
            request.body.span.extracting(data), wanted.form, options, to: channel,
            origin: .http(request.connection))
    }

    private func tellAll(_ message: ControlMessage, for request: HTTPRequest) {
        broker.signal(message.payload, on: ControlMessage.topic) { [front] result in
            switch result {
            case .success: front.respond(to: request.connection, .json(Array("{}".utf8)))
            case .failure(let failure):
                front.respond(to: request.connection, HTTPResponse(failure.clientError.httpError))
            }
        }
    }

    private func readHistory(_ request: HTTPRequest, _ channel: ChannelName) throws(HTTPError) {
        let query = try HTTPQuery(request.head.query)
        var command = HistoryCommand(channel: channel)
        command.since = try query.messageID("since")
        command.limit = try query.integer("limit", 1...HistoryCommand.maximumLimit) ?? command.limit
        let wait = try query.duration("wait", .zero ... .seconds(HistoryCommand.maximumWait)) ?? 0
        if wait > 0 {
            let wait = try access.identify(request.head).shortened(UInt64(wait))
            return try polls.poll(command, wait: wait, for: request.connection)
        }
        do throws(ClientFailure) {
            try historyReader.read(command) { [front] result in
                let response: HTTPResponse
                switch result {
                case .success(let answer): response = .history(answer)
                case .failure(let failure): response = HTTPResponse(failure.clientError.httpError)
                }
                front.respond(to: request.connection, response)
            }
        } catch {
            throw error.httpError
        }
    }

    private func readinessResponse() -> HTTPResponse {
        if readiness.isDraining {
            return HTTPResponse(HTTPError(.serviceUnavailable, .unavailable, "the server is going away"))
        }
        switch readiness.status {
        case .ready: return .json(Array(#"{"status":"ready"}"#.utf8))
        case .connecting:
            return HTTPResponse(HTTPError(.serviceUnavailable, .unavailable, "connecting to the broker"))
        case .unavailable(let reason):
            return HTTPResponse(
                HTTPError(.serviceUnavailable, .unavailable, "the broker cannot be reached: \(reason)"))
        }
    }

    private func sendFile(_ request: HTTPRequest) throws(HTTPError) {
        guard let publicFolder else {
            throw HTTPError(
                .notFound, .notFound, "there is nothing at this URL; this server has no public folder")
        }
        let (response, body) = try publicFolder.respond(to: request.head, now: loop.now)
        front.respond(to: request.connection, response, shared: body)
    }
}
