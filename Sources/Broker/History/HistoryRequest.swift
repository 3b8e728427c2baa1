import Wire

/// Which part of a channel's history is wanted.
public struct HistoryRequest: Equatable, Sendable {
    /// Which messages, when there are more than `limit`.
    public enum Edge: Sendable {
        case oldest
        case newest
    }

    public var channel: ChannelName
    /// Only messages with greater offsets.
    public var after: UInt64
    /// Messages, at most; 0 for what the page says about the whole only.
    public var limit: Int
    public var edge: Edge
    /// Bytes of messages, at most, but for the last message.
    public var maximumBytes: Int

    /// The most bytes of a page unless something else is said.
    public static let pageBytes = 1 << 20

    public init(
        channel: ChannelName, after: UInt64 = 0, limit: Int, edge: Edge = .oldest,
        maximumBytes: Int = pageBytes
    ) {
        self.maximumBytes = maximumBytes
        self.channel = channel
        self.after = after
        self.limit = limit
        self.edge = edge
    }
}
