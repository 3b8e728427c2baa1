import EventLoop

/// Which Redis to use, and how.
public struct RedisSettings: Equatable, Sendable {
    public var endpoint: StreamEndpoint
    /// Set where Sentinels say which server is the master; `endpoint` is the first of them then.
    public var sentinel: SentinelSettings?
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

    /// For messages.
    public var address: String {
        guard let sentinel else { return "\(endpoint)" }
        let endpoints = sentinel.endpoints.map(\.description).joined(separator: ",")
        return "the master '\(sentinel.master)' of the Sentinels \(endpoints)"
    }
}
