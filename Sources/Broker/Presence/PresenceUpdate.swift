import Wire

/// What one worker says about one channel.
public struct PresenceUpdate: Equatable, Sendable {
    public var channel: ChannelName
    /// The worker's name, which no other has.
    public var worker: String
    /// Connections by user; 0 for a user who has none any more. `nil` stands for all who did not say who they are.
    public var connections: [UserName?: Int]
    /// Whoever is not named has no connections. Otherwise nothing is said about them.
    public var isWhole: Bool
    /// Milliseconds after which the worker is held to be dead unless it says something.
    public var timeToLive: Int64

    /// Milliseconds; workers speak three times as often.
    public static let standardTimeToLive: Int64 = 15_000

    public init(
        channel: ChannelName, worker: String, connections: [UserName?: Int], isWhole: Bool,
        timeToLive: Int64 = PresenceUpdate.standardTimeToLive
    ) {
        self.channel = channel
        self.worker = worker
        self.connections = connections
        self.isWhole = isWhole
        self.timeToLive = timeToLive
    }
}
