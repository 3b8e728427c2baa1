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
        case .farewell: sayFarewell(request)
        case .now:
            let bytes = takeBytes()
            guard session.isOpen else { return respond(to: request, .unknownSession) }
            answer(request, bytes, and: bytes.isEmpty ? .noop : nil)
            noteDrained()
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

    /// What waits for the client, as far as one answer takes it.
    private func takeBytes() -> [UInt8] {
        if unsent.isEmpty {
            unsent.append(front.takeBytes(connection, enough: server.settings.maximumPayload))
        }
        return unsent.take(server.settings.maximumPolledPackets)
    }

    /// What a turn has for the client, whose poll waits.
    func receiveBytes(_ bytes: Span<UInt8>) {
        unsent.append([UInt8](copying: bytes))
        if let poll { answerPoll(poll, takeBytes()) }
    }

    private func noteDrained() {
        if session.isOpen, unsent.isEmpty, front.hub.backlogCount(connection.slot) == 0 {
            receiver?.drained()
        }
    }

    /// Answers the poll that waits, if one does, with what the client is owed, or a noop.
    func endPoll() {
        guard let poll else { return }
        let bytes = takeBytes()
        if session.isOpen { answerPoll(poll, bytes) }
    }

    /// Answers the poll that waits: with a noop where there is nothing else.
    private func answerPoll(_ request: ConnectionID, _ bytes: [UInt8]) {
        poll = nil
        session.pollEnded()
        server.stopWaiting(for: request)
        answer(request, bytes, and: bytes.isEmpty ? .noop : nil)
        noteDrained()
    }

    /// - Parameter payload: packets, each with a separator behind it.
    private func answer(
        _ request: ConnectionID, _ payload: consuming [UInt8], and type: EngineIOPacketType? = nil
    ) {
        if let type { EngineIOEncoder.append(type, for: .polling, to: &payload) }
        // Between packets there is a separator, and behind the last one none.
        if !payload.isEmpty { payload.removeLast() }
        front.respond(to: request, .engineIO(payload))
    }

    private func respond(to request: ConnectionID, _ refusal: EngineIORefusal) {
        front.respond(to: request, refusal.response)
    }

    // MARK: End

    /// What its poll, if one waits, is told of the session's end.
    func endPolling(_ reason: EngineIOCloseReason) {
        if session.phase == .closing { server.scheduleForgetting(self) }
        guard let poll else { return }
        self.poll = nil
        server.stopWaiting(for: poll)
        switch reason {
        case .closedByServer: sayFarewell(poll)
        case .closedByClient:
            // The client knows what it has said: its poll only ends.
            let bytes = unsent.take(server.settings.maximumPolledPackets)
            answer(poll, bytes, and: bytes.isEmpty ? .noop : nil)
        default: answer(poll, unsent.take(server.settings.maximumPolledPackets - 1), and: .close)
        }
    }

    /// Gives a client whose session the server has ended what was sent before, and tells it with the last of it.
    private func sayFarewell(_ request: ConnectionID) {
        let bytes = unsent.take(server.settings.maximumPolledPackets - 1)
        answer(request, bytes, and: unsent.isEmpty ? .close : nil)
        guard unsent.isEmpty else { return }
        session.forget()
        server.forget(self)
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
