import EventLoop
import Hub
import Wire

/// Turns: what a connection may do in one, and how those that rest go on.
extension Front {
    /// Works on what a connection has sent, as far as its share of the turn allows.
    func work(on connection: Connection, _ bytes: inout MutableSpan<UInt8>) {
        guard connection.phase != .closing else { return }
        guard connection.unhandled.isEmpty else { return interrupt(connection, bytes.span) }
        turns.begin(at: loop.nanoseconds)
        receive(connection, &bytes)
        if turns.end(at: loop.nanoseconds) { rest(connection) }
    }

    /// Keeps what was received and could not be handled in this turn.
    func interrupt(_ connection: Connection, _ rest: Span<UInt8>) {
        connection.unhandled.append(copying: rest, 0..<rest.count)
        self.rest(connection)
    }

    /// The connection is not read until others have had their turn.
    func rest(_ connection: Connection) {
        guard connection.phase != .closing, !connection.pauses.contains(.turn) else { return }
        pause(connection, .turn)
        turns.rest(connection.id)
    }

    /// Goes on with what was received, unless it has to wait for something else.
    func handleUnhandled(_ connection: Connection) {
        guard !connection.unhandled.isEmpty, connection.pauses.isDisjoint(with: [.session, .turn]) else {
            return
        }
        var bytes = connection.unhandled
        connection.unhandled = []
        var span = bytes.mutableSpan
        receive(connection, &span)
    }

    /// Whether as many requests have been begun in this turn as may be. Asked before each.
    func hasHadItsRequests(_ exchange: HTTPExchange) -> Bool {
        if exchange.turn != turns.number {
            exchange.turn = turns.number
            exchange.requestsInTurn = 0
        }
        exchange.requestsInTurn += 1
        return exchange.requestsInTurn > TurnShare.requests || turns.isSpent(at: loop.nanoseconds)
    }

    /// A turn has ended. The loop must not sleep while somebody waits for the next.
    func endTurn() {
        turns.next()
        if turns.isAnyoneResting { turnTimer?.start(after: 0) }
    }

    /// Lets some of those go on that rest.
    func admitResting() {
        for id in turns.admit() {
            guard let connection = connection(id) else { continue }
            resume(connection, .turn)
            turns.begin(at: loop.nanoseconds)
            readPipelined(connection)
            handleUnhandled(connection)
            if turns.end(at: loop.nanoseconds) { rest(connection) }
        }
    }
}
