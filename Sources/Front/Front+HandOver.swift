import EventLoop
import Glibc
import Hub
import Wire

/// Connections that another front is to go on with.
extension Front {
    /// Gives a connection away to `take`, as if it had just been accepted.
    /// - Parameter received: what of it the other is to read first.
    func handOver(
        _ connection: Connection, _ received: [UInt8], _ take: (IncomingConnection) -> Void
    ) throws(HTTPError) {
        let isGiven =
            context?.isSecure(connection.socket) == true
            ? openTunnel(from: connection, received, take) : surrender(connection, received, take)
        guard isGiven else {
            throw HTTPError(
                .serviceUnavailable, .unavailable, "this request belongs to another worker; try again",
                headers: [HTTPHeader("Retry-After", "1")])
        }
    }

    /// Lets go of the socket itself. Nothing may be owed to it.
    private func surrender(
        _ connection: Connection, _ received: [UInt8], _ take: (IncomingConnection) -> Void
    ) -> Bool {
        guard hub.isIdle(connection.id.slot), let descriptor = context?.duplicate(connection.socket) else {
            return false
        }
        end(connection, within: 0)
        // Not even its end may be sent from here: it is the other's to send.
        connection.isShutDown = true
        pause(connection, .session)
        surrendered.append(connection.id)
        var given = IncomingConnection(descriptor: descriptor, peer: connection.peer, received: received)
        given.claim = connection.claim
        connection.claim = nil
        take(given)
        return true
    }

    // MARK: Tunnels

    /// Gives away one end of a pair of sockets, and passes on what comes between the other and the connection: the state
    /// of a TLS session cannot leave the thread that has it. Both count as connections, here and there.
    private func openTunnel(
        from connection: Connection, _ received: [UInt8], _ take: (IncomingConnection) -> Void
    ) -> Bool {
        guard hub.connectionCount < settings.maximumConnections else { return false }
        var pair: [Int32] = [0, 0]
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        guard unsafe socketpair(AF_UNIX, Int32(type), 0, &pair) == 0 else { return false }
        guard let partner = takeOver(IncomingConnection(descriptor: pair[0], peer: connection.peer)) else {
            Glibc.close(pair[1])
            return false
        }
        for (end, other) in [(connection, partner), (partner, connection)] {
            end.phase = .tunnel
            end.exchange = nil
            end.partner = other.id
        }
        connection.deadline = loop.now + settings.heartbeatInterval
        // A client that vanished without a word is noticed by what it does not acknowledge. The pair has its two ends in
        // one process: what is silent there is waiting.
        context?.setUserTimeout(settings.heartbeatInterval + settings.pingTimeout, connection.socket)
        partner.deadline = .max
        take(IncomingConnection(descriptor: pair[1], peer: connection.peer, received: received))
        return true
    }

    private func partner(of connection: Connection) -> Connection? {
        connection.partner.flatMap { self.connection($0) }
    }

    func relay(_ connection: Connection, _ bytes: Span<UInt8>, _ position: inout Int) {
        if let partner = partner(of: connection) {
            hub.send(bytes.extracting(position..<bytes.count), to: partner.id.slot)
        }
        position = bytes.count
    }

    /// No more is taken than the other end takes: at most one read waits for it.
    func tunnelBlocked(_ connection: Connection) {
        if let partner = partner(of: connection) { pause(partner, .session) }
    }

    func tunnelDrained(_ connection: Connection) {
        if let partner = partner(of: connection) { resume(partner, .session) }
    }

    /// What came from this end goes out by the other; then that ends, too.
    func endPartner(of connection: Connection) {
        guard let partner = partner(of: connection) else { return }
        connection.partner = nil
        partner.partner = nil
        resume(partner, .session)
        end(partner)
    }

    func expireTunnel(_ connection: Connection, _ now: UInt64) {
        guard hub.isBlocked(connection.id.slot) else {
            connection.deadline = now + settings.heartbeatInterval
            return
        }
        guard !connection.isSuspect else { return end(connection, within: 0) }
        connection.isSuspect = true
        connection.deadline = now + settings.pingTimeout
    }
}
