import EventLoop
import Hub
import Limits
import Logging
import Wire

/// How connections end, and when.
extension Front {
    /// Lets what the connection is owed go out, then ends it; at the latest `timeout` milliseconds from now.
    func end(_ connection: Connection, within timeout: UInt64 = Front.lingerTimeout) {
        guard connection.phase != .closing else { return }
        connection.phase = .closing
        connection.deadline = loop.now + timeout
        let isAbandoned = connection.exchange?.isAnswering == true
        connection.exchange = nil
        connection.decoder = nil
        connection.unhandled = []
        connection.places = []
        let slot = connection.id.slot
        hub.unsubscribeAll(slot) { handler.topicOrphaned($0) }
        hub.setLimit(.max, slot: slot)
        ending.append(slot)
        connection.takeSession()?.closed()
        endPartner(of: connection)
        if isAbandoned { handler.requestAbandoned(by: connection.id) }
    }

    /// Sends the end of the stream. The peer's own end is waited for, so that unread input of its does not make the
    /// system throw away what it was sent last.
    func shutDown(_ connection: Connection) {
        guard connection.phase == .closing, !connection.isShutDown else { return }
        guard context?.shutdownWrite(connection.socket) == true else { return }
        connection.isShutDown = true
        resume(connection, connection.pauses)
    }

    func closeOverflowed(_ slot: UInt32) {
        if let session = detached[slot]?.session {
            limits.counters.count(.unsentBytes)
            return session.overflowed()
        }
        guard let connection = connections[Int(slot)] else { return }
        limits.counters.count(.unsentBytes)
        logger.info(
            "closing a subscriber that reads too slowly",
            metadata: ["connection": "\(connection.id.packed)", "limit": "\(settings.maximumUnsent)"])
        var frame: [UInt8] = []
        if connection.phase == .webSocket {
            WebSocketEncoder.appendClose(
                .tooSlow,
                reason: Limit.unsentBytes.message(
                    "more than \(settings.maximumUnsent) bytes were waiting to be read"),
                to: &frame)
        }
        end(connection, within: Self.overflowTimeout)
        hub.sendLast(frame, to: slot)
    }

    // MARK: Time

    /// Once a second: deadlines of every connection.
    func sweep() {
        let now = loop.now
        proxyGate.expire(now: now)
        for case let connection? in connections where now >= connection.deadline { expire(connection, now) }
    }

    private func expire(_ connection: Connection, _ now: UInt64) {
        switch connection.phase {
        case .http: expireHTTP(connection)
        case .webSocket: expireWebSocket(connection, now)
        case .stream: expireStream(connection, now)
        case .tunnel: expireTunnel(connection, now)
        case .closing: context?.kill(connection.socket)
        }
    }
}
