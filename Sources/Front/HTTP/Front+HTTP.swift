import EventLoop
import Hub
import Limits
import Wire

/// HTTP/1.1 (RFC 9112): one request at a time per connection, answered in order, pipelined ones kept back.
extension Front {
    /// The most bytes of a refused request's body that are read over to keep the connection.
    static let maximumSkippedBody = 64 * 1024

    func receiveHTTP(_ connection: Connection, _ bytes: Span<UInt8>, _ position: inout Int) {
        guard let exchange = connection.exchange else { return position = bytes.count }
        if exchange.isAnswering {
            exchange.pipelined.append(copying: bytes, position..<bytes.count)
            position = bytes.count
            return pause(connection, .answering)
        }
        if exchange.isIdle, hasHadItsRequests(exchange) {
            exchange.pipelined.append(copying: bytes, position..<bytes.count)
            position = bytes.count
            return rest(connection)
        }
        do throws(HTTPError) {
            if exchange.head == nil {
                let wasIdle = exchange.isIdle
                guard let head = try exchange.headDecoder.next(bytes, &position) else {
                    if wasIdle, !exchange.isIdle { connection.deadline = loop.now + settings.requestTimeout }
                    return
                }
                if wasIdle { connection.deadline = loop.now + settings.requestTimeout }
                try begin(head, connection, exchange, bytes, &position)
            }
            try readBody(connection, exchange, bytes, &position)
        } catch {
            // What follows a request that could not be read cannot be found: the connection must end.
            respond(connection, HTTPResponse(error), keepsAlive: false)
        }
    }

    /// Decides on a request by its head.
    private func begin(
        _ head: HTTPRequestHead, _ connection: Connection, _ exchange: HTTPExchange,
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(HTTPError) {
        exchange.head = head
        var (maximumBody, limit) = (Self.maximumSkippedBody, Limit?.none)
        do throws(HTTPError) {
            let admission = try handler.admit(head, from: connection.peer)
            switch admission {
            case .request(let maximum, let name): (maximumBody, limit) = (maximum, name)
            case .webSocket, .stream, .handOver:
                guard !isGoingAway else { throw Self.goingAway }
            }
            switch admission {
            case .request: break
            case .webSocket(let session, let places):
                try upgrade(connection, head, session, places)
                return
            case .stream(let session, let places):
                connection.places = places
                return openStream(connection, head, session)
            case .handOver(let take):
                var received = head.bytes
                received.append(copying: bytes, position..<bytes.count)
                try handOver(connection, received, take)
                return position = bytes.count
            }
        } catch {
            if !head.hasBody { return respond(connection, HTTPResponse(error), keepsAlive: head.keepsAlive) }
            // The client has not sent the body yet, or too much of it: better to end than to read it.
            if head.expectsContinue { throw error }
            if case .length(let length) = head.framing, length > maximumBody { throw error }
            exchange.refusal = error
        }
        exchange.bodyDecoder = try HTTPBodyDecoder(head.framing, limit: maximumBody, limit)
        if head.expectsContinue, head.hasBody {
            hub.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8).span, to: connection.id.slot)
        }
    }

    private static let goingAway = HTTPError(
        .serviceUnavailable, .unavailable, "the server is going away",
        headers: [HTTPHeader("Retry-After", "1")])

    private func readBody(
        _ connection: Connection, _ exchange: HTTPExchange, _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(HTTPError) {
        guard let head = exchange.head, var decoder = exchange.bodyDecoder.take() else { return }
        guard try decoder.next(bytes, &position) else {
            exchange.bodyDecoder = decoder
            return
        }
        if let refusal = exchange.refusal {
            return respond(connection, HTTPResponse(refusal), keepsAlive: head.keepsAlive)
        }
        exchange.isAnswering = true
        // While the application works on it, the client is not to blame for the time.
        connection.deadline = .max
        handler.handle(
            HTTPRequest(connection: connection.id, peer: connection.peer, head: head, body: decoder.body))
    }

    /// Answers the request that was handed over last. Dropped if the connection is gone.
    /// - Parameter shared: a body that is sent from where it lies; then `response.body` is not used.
    public func respond(to id: ConnectionID, _ response: HTTPResponse, shared: Batch? = nil) {
        guard let connection = connection(id), let exchange = connection.exchange, exchange.isAnswering else {
            return
        }
        respond(connection, response, shared: shared, keepsAlive: exchange.head?.keepsAlive ?? false)
        readPipelined(connection)
    }

    private func respond(
        _ connection: Connection, _ response: HTTPResponse, shared: Batch? = nil, keepsAlive: Bool
    ) {
        guard let exchange = connection.exchange else { return }
        limits.counters.count(response.limit)
        let slot = connection.id.slot
        let keepsAlive = keepsAlive && !isGoingAway
        var response = response
        if let head = exchange.head { response.headers += handler.headers(for: head) }
        var bytes: [UInt8] = []
        response.appendHead(
            to: &bytes, contentLength: shared?.bytes.count ?? response.body.count, date: dateText(),
            keepsAlive: keepsAlive)
        let hasBody = exchange.head?.method != "HEAD" && !response.status.isBodiless
        if hasBody, shared == nil { bytes += response.body }
        hub.send(bytes.span, to: slot)
        if hasBody, let shared { hub.send(shared, to: slot) }
        exchange.isAnswering = false
        exchange.hasServed = true
        guard keepsAlive else { return end(connection) }
        exchange.head = nil
        exchange.bodyDecoder = nil
        exchange.refusal = nil
        connection.deadline = loop.now + settings.keepAliveTimeout
    }

    /// Goes on with what came while the answer was awaited, unless it has to wait for something else: what a client does
    /// not read it is not answered, either. Inside `receive` there is nothing yet, and its loop goes on by itself.
    func readPipelined(_ connection: Connection) {
        guard let exchange = connection.exchange, !exchange.pipelined.isEmpty, !exchange.isAnswering,
            connection.pauses.isDisjoint(with: [.blocked, .turn])
        else { return }
        var bytes = exchange.pipelined
        exchange.pipelined = []
        resume(connection, .answering)
        var span = bytes.mutableSpan
        receive(connection, &span)
    }

    func expireHTTP(_ connection: Connection) {
        guard let exchange = connection.exchange, !exchange.isIdle else {
            if connection.exchange?.hasServed == false { limits.counters.count(.handshakeTimeout) }
            return end(connection)
        }
        let error = HTTPError(
            .requestTimeout, .timeout, .handshakeTimeout,
            "the request did not arrive within \(settings.requestTimeout) ms")
        respond(connection, HTTPResponse(error), keepsAlive: false)
    }
}
