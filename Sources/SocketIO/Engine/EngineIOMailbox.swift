import Front
import Hub
import Wire

/// What waits for one polling client: a connection of the hub without a socket. Confined to its worker's thread.
final class EngineIOMailbox: DetachedSession {
    /// Set when the session begins; the session ends before the mailbox.
    weak var client: EngineIOClient?

    func opened(_ connection: ConnectionID) {}

    func bytesReady(_ bytes: Span<UInt8>) { client?.receiveBytes(bytes) }

    func overflowed() { client?.end(.tooSlow) }

    /// The front takes leave of it.
    func closed() { client?.end(.goingAway) }
}
