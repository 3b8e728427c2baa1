import Front
import Hub
import Wire

/// WebSocket, and how a polling client goes over to it. Engine.IO protocol 4, "WebSocket" and "Upgrade".
extension EngineIOClient {
    // MARK: Messages

    /// A text message over the WebSocket that is the session's transport.
    func receiveText(_ message: Span<UInt8>) {
        do throws(EngineIOError) {
            let (type, data) = try EngineIOPacket.decode(message)
            try receive(type, message.extracting(data))
        } catch {
            fail(error.reason)
        }
    }

    func receiveBinary(_ message: Span<UInt8>) { receiver?.receivedBinary(message) }

    // MARK: Upgrade

    /// A WebSocket is open for the session. False if it has no use for one.
    func openProbe(_ webSocket: ConnectionID) -> Bool {
        guard session.openProbe() else { return false }
        probe = webSocket
        server.scheduleProbeEnd(self)
        return true
    }

    /// A text message over the WebSocket that is probed.
    /// - Returns: whether it is the session's transport from now on.
    func receiveProbe(_ message: Span<UInt8>) -> Bool {
        guard let probe else { return false }
        guard let (type, data) = try? EngineIOPacket.decode(message) else {
            probeFailed()
            return false
        }
        switch session.receiveProbe(type, data: message.extracting(data)) {
        case .answer:
            front.sendText(Array("3probe".utf8).span, to: probe)
            endPoll()
            return false
        case .upgrade:
            upgrade(to: probe)
            return true
        case .fail:
            probeFailed()
            return false
        }
    }

    private func upgrade(to webSocket: ConnectionID) {
        let old = connection
        // Should too much have been waiting, the session ends with this.
        unsent.append(front.takeBytes(old))
        guard session.isOpen else { return }
        let waiting = unsent.take(.max)
        probe = nil
        connection = webSocket
        transport = .webSocket
        var frames: [UInt8] = []
        EngineIOEncoder.appendFrames(ofPolled: waiting.span, to: &frames)
        front.hub.send(frames.span, to: webSocket.slot)
        receiver?.moved(from: old, to: webSocket)
        front.detach(old)
        answerPost()
        if isHeld { front.holdReading(webSocket) }
    }

    /// What has come over the WebSocket that is probed is no probe: the session goes on without it.
    func probeFailed() {
        if let probe { front.close(probe, .protocolError, "a probe was expected, 2probe, and then 5") }
    }

    /// The WebSocket that is probed is gone; the session goes on as it was.
    func probeClosed() {
        probe = nil
        session.probeEnded()
    }

    /// The client has had the time to go over to the WebSocket, and has not.
    func probeDue(_ deadline: UInt64) {
        guard let probe, probeDeadline == deadline else { return }
        front.close(
            probe, .normal, "the upgrade was not completed within \(server.settings.upgradeTimeout) ms")
    }
}

extension EngineIOCloseReason {
    /// How a WebSocket's client is told.
    var webSocketClose: (code: CloseCode, reason: String) {
        switch self {
        case .closedByClient, .closedByServer, .transportClosed: (.normal, "")
        case .goingAway: (.goingAway, "the server is going away")
        case .pingTimeout: (.pingTimeout, "a ping was not answered in time")
        case .tooSlow: (.tooSlow, Limit.unsentBytes.message("too much was waiting to be read"))
        case .protocolError(let reason): (.protocolError, reason)
        }
    }
}
