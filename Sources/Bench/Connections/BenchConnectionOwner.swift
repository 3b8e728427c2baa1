/// Who has connections of a load generator; all calls come on the loop's thread.
protocol BenchConnectionOwner: AnyObject {
    /// The handshake is done.
    func connectionOpened(_ connection: any BenchSubscriber)

    /// Bytes from the server: frames from `position` on, the last of which may be incomplete. The owner takes the
    /// whole ones and moves `position` behind them.
    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int)

    /// Could not connect, or the connection ended; not called after the owner's own `close()`.
    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String)
}
