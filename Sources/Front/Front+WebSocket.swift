import EventLoop
import Hub
import Limits
import Wire

/// WebSocket (RFC 6455) on the server's side.
extension Front {
    // MARK: Opening

    func upgrade(
        _ connection: Connection, _ head: HTTPRequestHead, _ session: any SocketSession,
        _ places: [ConnectionClaim]
    ) throws(HTTPError) {
        let response = try Self.acceptance(of: head)
        connection.places = places
        var bytes: [UInt8] = []
        response.appendHead(to: &bytes, contentLength: 0, date: "", keepsAlive: true)
        let slot = connection.id.slot
        hub.send(bytes.span, to: slot)
        hub.setLimit(settings.maximumUnsent, slot: slot)
        connection.phase = .webSocket
        connection.exchange = nil
        connection.decoder = WebSocketDecoder(
            role: .server, maximumMessageSize: session.maximumMessageSize ?? settings.maximumMessageSize,
            validatesText: session.wantsValidatedText)
        connection.socketSession = session
        noteLife(connection)
        session.opened(connection.id)
    }

    /// The 101 for a handshake that is as RFC 6455 section 4.2.1 wants it.
    private static func acceptance(of head: HTTPRequestHead) throws(HTTPError) -> HTTPResponse {
        guard head.tokens("upgrade").contains("websocket"), head.tokens("connection").contains("upgrade")
        else {
            throw HTTPError(
                .upgradeRequired, .badRequest,
                "this URL is for WebSocket clients: an Upgrade to websocket is needed",
                headers: [HTTPHeader("Upgrade", "websocket"), HTTPHeader("Connection", "Upgrade")])
        }
        guard head.method == "GET", head.minorVersion == 1, !head.hasBody else {
            throw HTTPError(.badRequest, .badRequest, "a WebSocket opens with an HTTP/1.1 GET without a body")
        }
        guard head.header("sec-websocket-version") == "13" else {
            throw HTTPError(
                .upgradeRequired, .badRequest, "the WebSocket version spoken here is 13",
                headers: [HTTPHeader("Sec-WebSocket-Version", "13")])
        }
        let key = Array((head.header("sec-websocket-key") ?? "").utf8)
        guard WebSocketHandshake.isValidKey(key.span) else {
            throw HTTPError(.badRequest, .badRequest, "Sec-WebSocket-Key must be 16 bytes in base64")
        }
        let accept = String(decoding: WebSocketHandshake.accept(forKey: key.span), as: UTF8.self)
        return HTTPResponse(
            .switchingProtocols,
            headers: [
                HTTPHeader("Upgrade", "websocket"), HTTPHeader("Connection", "Upgrade"),
                HTTPHeader("Sec-WebSocket-Accept", accept),
            ])
    }

    // MARK: Receiving

    func receiveWebSocket(_ connection: Connection, _ bytes: inout MutableSpan<UInt8>, _ position: inout Int)
    {
        noteLife(connection)
        var events = 0
        do throws(WebSocketError) {
            while connection.phase == .webSocket, !connection.pauses.contains(.session) {
                events += 1
                if events % TurnShare.frames == 0, position < bytes.count,
                    turns.isSpent(at: loop.nanoseconds)
                {
                    interrupt(connection, bytes.span.extracting(position..<bytes.count))
                    position = bytes.count
                    return
                }
                guard let event = try connection.decoder?.next(&bytes, &position) else { return }
                guard event != .needsInput else { return }
                handle(event, connection, bytes.span)
            }
        } catch {
            limits.counters.count(error.limit)
            close(connection, error.code.rawValue, error.reason)
        }
    }

    private func handle(_ event: WebSocketDecoder.Event, _ connection: Connection, _ bytes: Span<UInt8>) {
        switch event {
        case .message(let isText, .input(let range)):
            deliver(bytes.extracting(range), isText, connection.socketSession)
        case .message(let isText, _):
            // A copy-on-write reference: the decoder may be gone when the session has closed its socket.
            let assembled = connection.decoder?.assembled ?? []
            deliver(assembled.span, isText, connection.socketSession)
        case .ping(.input(let range)):
            pong(bytes.extracting(range), connection)
        case .ping:
            let control = connection.decoder?.control ?? []
            pong(control.span, connection)
        case .close(let code):
            close(connection, code, "")
        case .pong, .needsInput: break
        }
    }

    private func deliver(_ message: Span<UInt8>, _ isText: Bool, _ session: (any SocketSession)?) {
        if isText { session?.receivedText(message) } else { session?.receivedBinary(message) }
    }

    private func pong(_ payload: Span<UInt8>, _ connection: Connection) {
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(.pong, payload, to: &frame)
        hub.send(frame.span, to: connection.id.slot)
    }

    // MARK: Sending and closing

    /// Sends one text message.
    public func sendText(_ payload: Span<UInt8>, to id: ConnectionID) { send(.text, payload, to: id) }

    /// Sends one binary message.
    public func sendBinary(_ payload: Span<UInt8>, to id: ConnectionID) { send(.binary, payload, to: id) }

    private func send(_ opcode: WebSocketOpcode, _ payload: Span<UInt8>, to id: ConnectionID) {
        guard let connection = connection(id), connection.phase == .webSocket else { return }
        var frame: [UInt8] = []
        frame.reserveCapacity(payload.count + 4)
        WebSocketEncoder.appendFrame(opcode, payload, to: &frame)
        hub.send(frame.span, to: id.slot)
    }

    /// Closes a WebSocket with a code and a reason; its subscriptions end at once.
    public func close(_ id: ConnectionID, _ code: CloseCode, _ reason: String) {
        if let connection = connection(id) { close(connection, code.rawValue, reason) }
    }

    private func close(_ connection: Connection, _ code: UInt16?, _ reason: String) {
        guard connection.phase == .webSocket else { return }
        var frame: [UInt8] = []
        WebSocketEncoder.appendClose(code, reason: reason, to: &frame)
        hub.send(frame.span, to: connection.id.slot)
        end(connection)
    }

    /// Stops reading from a connection until `resumeReading`: its publishes come faster than the broker takes them.
    public func pauseReading(_ id: ConnectionID) {
        if let connection = connection(id) { pause(connection, .congested) }
    }

    /// Hands its session nothing more of a connection until `resumeReading(_:)`, also of what is read already.
    public func holdReading(_ id: ConnectionID) {
        if let connection = connection(id) { pause(connection, .session) }
    }

    public func resumeReading(_ id: ConnectionID) {
        guard let connection = connection(id), connection.pauses.contains(.session) else { return }
        resume(connection, .session)
        handleUnhandled(connection)
    }

    public func resumeReading() {
        for case let connection? in connections where connection.pauses.contains(.congested) {
            resume(connection, .congested)
        }
    }

    // MARK: Keeping alive

    func noteLife(_ connection: Connection) {
        connection.isSuspect = false
        connection.deadline = loop.now + settings.pingInterval
    }

    func expireWebSocket(_ connection: Connection, _ now: UInt64) {
        if !connection.pauses.isDisjoint(with: [.congested, .session, .turn]) {
            // Its answers are not read for now, nor its end: the system notices who is gone by what is not acknowledged.
            context?.setUserTimeout(settings.pingInterval + settings.pingTimeout, connection.socket)
            ping(connection)
            return noteLife(connection)
        }
        guard connection.socketSession?.wantsPings == true else { return noteLife(connection) }
        guard !connection.isSuspect else {
            return close(
                connection, CloseCode.pingTimeout.rawValue,
                "no answer to a ping within \(settings.pingTimeout) ms")
        }
        connection.isSuspect = true
        connection.deadline = now + settings.pingTimeout
        ping(connection)
    }

    private func ping(_ connection: Connection) {
        guard !hub.isBlocked(connection.id.slot) else { return }
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(.ping, [UInt8]().span, to: &frame)
        hub.send(frame.span, to: connection.id.slot)
    }
}
