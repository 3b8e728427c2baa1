import EventLoop
import Hub
import Wire

/// Responses without an end. They are delimited by the end of the connection (RFC 9112 section 6.3), so that what one
/// subscriber is sent is byte for byte what all are sent, and the same for HTTP/1.0.
extension Front {
    func openStream(_ connection: Connection, _ head: HTTPRequestHead, _ session: any StreamSession) {
        let slot = connection.id.slot
        hub.setLimit(settings.maximumUnsent, slot: slot)
        connection.phase = .stream
        connection.streamHead = head
        connection.exchange = nil
        connection.streamSession = session
        connection.deadline = loop.now + settings.heartbeatInterval
        // A peer that vanished without a word is noticed by the heartbeats that it does not acknowledge.
        context?.setUserTimeout(settings.heartbeatInterval + settings.pingTimeout, connection.socket)
        session.opened(connection.id)
    }

    /// Sends the head of a stream's response: what the connection is owed from now on is its body. Call it once, and
    /// before anything is sent.
    public func beginStream(_ id: ConnectionID, _ response: HTTPResponse) {
        guard let connection = connection(id), let head = connection.streamHead else { return }
        send(response, connection, head, contentLength: nil)
    }

    /// Answers a request for a stream that has not begun with an error, and ends the connection.
    public func refuseStream(_ id: ConnectionID, _ error: HTTPError) {
        guard let connection = connection(id), let head = connection.streamHead else { return }
        let response = HTTPResponse(error)
        send(response, connection, head, contentLength: response.body.count)
        hub.send(response.body.span, to: id.slot)
        end(connection)
    }

    private func send(
        _ response: HTTPResponse, _ connection: Connection, _ head: HTTPRequestHead, contentLength: Int?
    ) {
        connection.streamHead = nil
        var response = response
        response.headers += handler.headers(for: head)
        var bytes: [UInt8] = []
        response.appendHead(to: &bytes, contentLength: contentLength, date: dateText(), keepsAlive: false)
        hub.send(bytes.span, to: connection.id.slot)
    }

    /// Ends a stream once it has got what it is owed.
    public func endStream(_ id: ConnectionID) {
        if let connection = connection(id), connection.phase == .stream { end(connection) }
    }

    func expireStream(_ connection: Connection, _ now: UInt64) {
        let slot = connection.id.slot
        guard hub.isBlocked(slot) else {
            connection.deadline = now + settings.heartbeatInterval
            if let heartbeat = connection.streamSession?.heartbeat { hub.send(heartbeat.span, to: slot) }
            return
        }
        guard !connection.isSuspect else { return end(connection, within: 0) }
        connection.isSuspect = true
        connection.deadline = now + settings.pingTimeout
    }
}
