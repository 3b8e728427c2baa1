import Broker
import Front
import Wire

/// Inboxes over HTTP.
extension Worker {
    /// `POST /users/{user}/notifications`
    func notify(_ request: HTTPRequest, _ user: UserName) throws(HTTPError) {
        let wanted = try PublishRequest(request.head)
        let data = try wanted.data(in: request.body)
        var notification: [UInt8] = []
        NotificationEncoder.append(
            event: wanted.event, from: try access.identify(request.head).user?.bytes,
            time: WallClock.milliseconds(), data: request.body.span.extracting(data), form: wanted.form,
            to: &notification)
        let connection = request.connection
        broker.notify(
            NotifyRequest(
                user: user, notification: notification, timeToLive: wanted.timeToLive,
                idempotencyKey: wanted.idempotencyKey, rule: settings.inbox)
        ) { [weak self] result in
            self?.front.respond(to: connection, HTTPResponse(result) { HTTPResponse.published($0) })
        }
        pauseIfCongested(connection)
    }

    /// `GET /users/{user}/notifications`
    func readNotifications(_ request: HTTPRequest, _ user: UserName) throws(HTTPError) {
        let query = try HTTPQuery(request.head.query)
        let limit = try query.integer("limit", 1...Self.maximumNotifications) ?? InboxDesk.pageSize
        let connection = request.connection
        broker.readInbox(
            InboxRequest(
                user: user, device: try query.device(), limit: limit, maximumBytes: HistoryRequest.pageBytes,
                rule: settings.inbox)
        ) { [weak self] result in
            self?.front.respond(to: connection, HTTPResponse(result) { $0.response })
        }
        pauseIfCongested(connection)
    }

    /// `POST /users/{user}/notifications/{id}/ack`
    func acknowledge(_ request: HTTPRequest, _ id: MessageID, of user: UserName) throws(HTTPError) {
        let device = try HTTPQuery(request.head.query).device()
        let connection = request.connection
        broker.acknowledge(AcknowledgeRequest(user: user, device: device, id: id, rule: settings.inbox)) {
            [weak self] result in
            let response = HTTPResponse(result) { mark in
                mark.map { .json(Array(#"{"unread":\#($0.unread)}"#.utf8)) }
                    ?? HTTPResponse(HTTPError(.notFound, .notFound, InboxDesk.unknownID(id)))
            }
            self?.front.respond(to: connection, response)
        }
        pauseIfCongested(connection)
    }

    /// The most that may be asked for at once.
    private static let maximumNotifications = 1_000
}

extension HTTPQuery {
    /// The device that a client says it is.
    fileprivate func device() throws(HTTPError) -> DeviceName {
        guard let name = bytes("device") else { return .defaultDevice }
        do throws(ChannelNameError) {
            return try DeviceName(validating: name)
        } catch {
            throw HTTPError(.badRequest, .badRequest, "'device': \(error)")
        }
    }
}

extension HTTPResponse {
    /// What the broker answered, or why it did not.
    init<Answer>(_ result: Result<Answer, BrokerFailure>, _ success: (Answer) -> HTTPResponse) {
        switch result {
        case .success(let answer): self = success(answer)
        case .failure(let failure): self.init(failure.clientError.httpError)
        }
    }
}

extension InboxPage {
    fileprivate var response: HTTPResponse {
        var body: [UInt8] = []
        body.append(#"{"notifications":["#)
        for (index, notification) in notifications.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += notification
        }
        body.append(#"],"unread":"#)
        JSON.appendInteger(Int64(unread), to: &body)
        body.append(#","dropped":"#)
        JSON.appendInteger(Int64(dropped), to: &body)
        body.append(UInt8(ascii: "}"))
        return .json(body)
    }
}
