import EventLoop

/// Whom to ask where the master is now.
public struct SentinelSettings: Equatable, Sendable {
    /// The Sentinels, asked in this order until one answers; never empty.
    public var endpoints: [StreamEndpoint]
    /// The master's name among them.
    public var master: String
}
