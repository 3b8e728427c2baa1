/// A `history` of the native door.
public struct HistoryCommand: Equatable, Sendable {
    public var channel: ChannelName
    /// Only messages after this; the oldest of them first. `nil`: the newest of all.
    public var since: MessageID?
    /// Messages, at most.
    public var limit = HistoryCommand.standardLimit

    public static let standardLimit = 50
    /// Seconds that a long poll may wait.
    public static let maximumWait: Int64 = 60
    public static let maximumLimit = 1_000

    public init(channel: ChannelName) { self.channel = channel }
}
