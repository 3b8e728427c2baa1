import EventLoop

/// Which Redis to use, and how.
public struct RedisSettings: Equatable, Sendable {
    public var endpoint: StreamEndpoint
    /// Set for `rediss://`.
    public var tls: TLSClientSettings?
    /// Redis 6's user; `nil` for the default one.
    public var user: String?
    public var password: String?
    public var database = 0
    /// What every channel's name in Redis begins with.
    public var prefix = ""
    /// Milliseconds without a byte after which a connection is probed, and that a probe may take: a dead link is
    /// noticed within twice this. Connecting may take it too, for each address.
    public var probeInterval: UInt64 = 5_000

    public init(endpoint: StreamEndpoint) { self.endpoint = endpoint }
}
