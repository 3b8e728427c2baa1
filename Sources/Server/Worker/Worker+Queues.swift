import Broker
import EventLoop
import Front
import Hub
import Limits
import Wire

/// Work queues over HTTP: PROTOCOL.md, "Queues".
extension Worker {
    /// Checks what can be checked before the body.
    func admit(
        _ resource: QueueResource, _ head: HTTPRequestHead, _ identity: Identity, _ address: PeerAddress
    ) throws(HTTPError) -> Admission {
        _ = try QueueParameters(head.query)
        guard resource == .jobs else { return .request(maximumBody: Self.maximumUnwantedBody) }
        guard head.header("content-length") != nil || head.framing == .chunked else {
            throw HTTPError(
                .lengthRequired, .lengthRequired, "a job needs a body: Content-Length, or chunked")
        }
        _ = try PublishRequest(head)
        try checkPublishRate(identity, address)
        return .request(maximumBody: settings.front.maximumMessageSize, limit: .messageSize)
    }

    func handle(
        _ request: HTTPRequest, _ queue: QueueName, _ resource: QueueResource
    ) throws(HTTPError) {
        let connection = request.connection
        let wanted = try QueueParameters(request.head.query)
        switch resource {
        case .status:
            let attempts = queues.rules.rule(for: queue).attempts
            broker.queueStatus(of: queue, attempts: attempts) { [unowned self] result in
                respond(to: connection, result) { Self.statusResponse(queue, $0) }
            }
        case .jobs:
            let body = try PublishRequest(request.head)
            let data = request.body.span.extracting(try body.data(in: request.body))
            queues.push(data, body.form, to: queue, delay: wanted.delay) { [unowned self] result in
                respond(to: connection, result) { _ in .json(Array("{}".utf8)) }
            }
        case .lease:
            let wait = try access.identify(request.head).shortened(wanted.wait)
            queues.wait(connection, queue, lease: wanted.lease, until: loop.now + wait)
        case .job(let id):
            queues.finish(id, of: queue) { [unowned self] result in
                respond(to: connection, result) { $0 ? .json(Array("{}".utf8)) : Self.lostResponse(id) }
            }
        case .retry(let id):
            queues.retry(id, of: queue, delay: wanted.delay) { [unowned self] result in
                respond(to: connection, result) { $0 ? .json(Array("{}".utf8)) : Self.lostResponse(id) }
            }
        case .renew(let id):
            queues.renew(id, of: queue, lease: wanted.lease) { [unowned self] result in
                respond(to: connection, result) { lease in
                    guard let lease else { return Self.lostResponse(id) }
                    return .json(Array(#"{"lease":\#((lease + 999) / 1_000)}"#.utf8))
                }
            }
        }
    }

    private func respond<Answer>(
        to connection: ConnectionID, _ result: Result<Answer, BrokerFailure>,
        _ response: (Answer) -> HTTPResponse
    ) {
        switch result {
        case .success(let answer): front.respond(to: connection, response(answer))
        case .failure(let failure):
            front.respond(to: connection, HTTPResponse(failure.clientError.httpError))
        }
    }

    private static func lostResponse(_ id: JobID) -> HTTPResponse {
        HTTPResponse(HTTPError(.conflict, .leaseLost, QueueDesk.lost(id)))
    }

    private static func statusResponse(_ queue: QueueName, _ status: QueueStatus) -> HTTPResponse {
        var body: [UInt8] = []
        body.append(#"{"queue":"#)
        JSON.appendString(queue.bytes.span, to: &body)
        let counts = [
            ("waiting", status.waiting), ("leased", status.leased), ("delayed", status.delayed),
            ("dead", status.dead), ("done", status.done),
        ]
        for (name, count) in counts { body += Array(#","\#(name)":\#(count)"#.utf8) }
        body.append("}")
        return .json(body)
    }
}
