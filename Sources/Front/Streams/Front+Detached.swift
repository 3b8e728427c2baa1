import EventLoop
import Hub
import Wire

/// Connections without a socket: HTTP long-polling.
extension Front {
    /// Adds a connection that fetches what it is owed; `nil` when the server has all it may have. Calls `opened`.
    ///
    /// They may be half of all: one socket can ask for many of them, and those that need a socket must still get in.
    public func attach(_ session: any DetachedSession) -> ConnectionID? {
        guard hub.connectionCount < settings.maximumConnections,
            detached.count < max(1, settings.maximumConnections / 2)
        else { return nil }
        let id = newConnection()
        hub.setLimit(settings.maximumUnsent, slot: id.slot)
        hub.wrote(id.slot, isBlocked: true)
        detached[id.slot] = DetachedConnection(id: id, session: session)
        session.opened(id)
        return id
    }

    /// Forgets such a connection, its subscriptions and all that it was owed. `closed` is not called.
    public func detach(_ id: ConnectionID) {
        guard isDetached(id) else { return }
        detached[id.slot] = nil
        hub.disconnect(id.slot) { handler.topicOrphaned($0) }
    }

    /// All that waits for it, this turn's included, in whole deliveries: one at least, then more until there are
    /// `enough` bytes.
    public func takeBytes(_ id: ConnectionID, enough: Int = .max) -> [UInt8] {
        guard isDetached(id) else { return [] }
        if hub.settle(id.slot) {
            detached[id.slot]?.session.overflowed()
            return []
        }
        while let spilled = hub.nextSpilled() { handler.subscriptionSpilled(spilled) }
        var bytes: [UInt8] = []
        while bytes.count < enough, let (batch, range) = hub.nextBacklogWrite(id.slot) {
            bytes.append(contentsOf: batch.bytes[range])
        }
        hub.wrote(id.slot, isBlocked: true)
        return bytes
    }

    /// Asks for the next bytes, now that nothing waits: they come by `bytesReady`, at the end of the turn that has some.
    public func awaitBytes(_ id: ConnectionID) {
        if isDetached(id) { hub.wrote(id.slot, isBlocked: false) }
    }

    /// Takes back `awaitBytes`.
    public func ignoreBytes(_ id: ConnectionID) {
        if isDetached(id) { hub.wrote(id.slot, isBlocked: true) }
    }

    /// Whether nothing waits for a connection, as far as it can be known: of one without a socket, that it has fetched all.
    public func hasTakenAll(_ id: ConnectionID) -> Bool {
        hub.backlogCount(id.slot) == 0 && (isDetached(id) || !hub.isBlocked(id.slot))
    }

    private func isDetached(_ id: ConnectionID) -> Bool { detached[id.slot]?.id == id }

    func writeDetached(_ bytes: Span<UInt8>, to slot: UInt32) {
        hub.wrote(slot, isBlocked: true)
        detached[slot]?.session.bytesReady(bytes)
    }
}

/// One of them.
struct DetachedConnection {
    let id: ConnectionID
    let session: any DetachedSession
}
