import Hub

/// A connection of the hub that has no socket of its own: what it is owed waits until it is fetched, by one HTTP
/// request after the other. Confined to its worker's thread.
public protocol DetachedSession: ConnectionSession {
    /// What `Front.awaitBytes` asked for: what one turn has for it, in whole deliveries. The span is valid during the
    /// call only; what comes from now on waits again.
    func bytesReady(_ bytes: Span<UInt8>)

    // `closed` says that the server goes away: its owner must detach it.

    /// More than `FrontSettings.maximumUnsent` bytes were waiting. They are dropped: its owner must detach it.
    func overflowed()
}
