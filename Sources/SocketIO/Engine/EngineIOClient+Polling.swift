import Front
import Hub
import Wire

/// HTTP long-polling. Engine.IO protocol 4, "HTTP long-polling".
extension EngineIOClient {
    // MARK: What the client is sent

    /// A poll has come.
    func receivePoll(_ request: ConnectionID) {
        switch session.poll() {
        case .refused: respond(to: request, .badRequest)
        case .overlap:
            respond(to: request, .badRequest)
            end(.protocolError("two polls at once"))
        case .last:
            answer(request, farewell, and: .close)
            server.forget(self)
        case .now:
            let bytes = takeBytes()
            guard session.isOpen else { return respond(to: request, .unknownSession) }
            answer(request, bytes, and: bytes.isEmpty ? .noop : nil)
        case .whenThereIsSomething:
            let bytes = takeBytes()
            guard session.isOpen else { return respond(to: request, .unknownSession) }
            guard bytes.isEmpty else {
                session.pollEnded()
                answer(request, bytes)
                return noteDrained()
            }
            poll = request
            server.wait(for: request, self)
            front.awaitBytes(connection)
        }
    }

    /// What waits for the client, up to about as much as it may send itself.
    private func takeBytes() -> [UInt8] {
        front.takeBytes(connection, enough: server.settings.maximumPayload)
    }

    private func noteDrained() {
        if session.isOpen, front.hub.backlogCount(connection.slot) == 0 { receiver?.drained() }
    }

    /// Answers the poll that waits, if one does, with what the client is owed, or a noop.
    func endPoll() {
        guard let poll else { return }
        let bytes = takeBytes()
        if session.isOpen { answerPoll(poll, bytes, or: .noop) }
    }

    /// Answers the poll that waits.
    /// - Parameter type: what ends the answer: a close packet always, a noop only where nothing else is in it.
    func answerPoll(_ request: ConnectionID, _ bytes: [UInt8], or type: EngineIOPacketType) {
        poll = nil
        session.pollEnded()
        server.stopWaiting(for: request)
        answer(request, bytes, and: type == .close || bytes.isEmpty ? type : nil)
    }

    /// - Parameter bytes: packets, each with a separator behind it.
    private func answer(_ request: ConnectionID, _ bytes: [UInt8], and type: EngineIOPacketType? = nil) {
        var payload = bytes
        if let type { EngineIOEncoder.append(type, for: .polling, to: &payload) }
        // Between packets there is a separator, and behind the last one none.
        if !payload.isEmpty { payload.removeLast() }
        front.respond(to: request, .engineIO(payload))
    }

    private func respond(to request: ConnectionID, _ refusal: EngineIORefusal) {
        front.respond(to: request, refusal.response)
    }

    // MARK: What the client sends

    /// A whole post has come.
    func receivePost(_ request: HTTPRequest) {
        switch session.post() {
        case .refused: return respond(to: request.connection, .badRequest)
        case .overlap:
            respond(to: request.connection, .badRequest)
            return end(.protocolError("two posts at once"))
        case .accepted: break
        }
        post = request.connection
        server.wait(for: request.connection, self)
        isReading = true
        do throws(EngineIOError) {
            guard request.head.header("content-type")?.lowercased() != "application/octet-stream" else {
                throw EngineIOError("a payload is text; bytes are written in base64 in it")
            }
            try read(request.body.span)
        } catch {
            fail(error.reason)
        }
        isReading = false
        if !isHeld || !session.isOpen { answerPost() }
    }

    private func read(_ payload: Span<UInt8>) throws(EngineIOError) {
        var reader = EngineIOPayloadReader(maximumPackets: server.settings.maximumPackets)
        while session.isOpen, let packet = try reader.next(payload) {
            switch packet {
            case .text(let type, let range): try receive(type, payload.extracting(range))
            case .binary(let bytes): receiver?.receivedBinary(bytes.span)
            }
        }
    }

    /// Answers the post that waits, if one does.
    func answerPost() {
        guard let post else { return }
        self.post = nil
        session.postEnded()
        server.stopWaiting(for: post)
        if hasFailed {
            respond(to: post, .badRequest)
        } else {
            front.respond(to: post, .engineIO(Array("ok".utf8)))
        }
    }

    // MARK: Requests that end

    /// The connection of a request is gone before its answer. A poll's end is the transport's.
    func abandoned(_ request: ConnectionID) {
        if request == post {
            post = nil
            session.postEnded()
        }
        if request == poll {
            poll = nil
            session.pollEnded()
            end(.transportClosed)
        }
    }
}

extension HTTPResponse {
    /// The answer to a poll or a post.
    static func engineIO(_ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            .ok,
            headers: [
                HTTPHeader("Content-Type", "text/plain; charset=UTF-8"),
                HTTPHeader("Cache-Control", "no-store"),
            ],
            body: body)
    }
}
