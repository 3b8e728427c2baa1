import Synchronization
import Wire

/// What the workers of a node must know together to keep its limits. Thread-safe.
public final class NodeLimits: Sendable {
    /// How often each limit was run into.
    public let counters = LimitCounters()
    /// Open connections, by address and by user; those only that a limit asks for.
    public let connectionsPerAddress = ConnectionCounts<AddressKey>()
    public let connectionsPerUser = ConnectionCounts<UserName>()
    /// What publishers and clients of HTTP have left of their rates.
    public let publishesPerUser = BucketTable<UserName>()
    public let publishesPerAddress = BucketTable<AddressKey>()
    public let requestsPerAddress = BucketTable<AddressKey>()
    /// Sockets that are open now, those included that have said nothing yet.
    public let openConnections = Gauge()

    public init() {}
}
