/// How much of a channel is kept.
public struct HistoryRule: Equatable, Sendable {
    /// Messages, at most.
    public var size: Int
    /// Milliseconds after the last publish until the whole history goes.
    public var timeToLive: Int64

    public init(size: Int, timeToLive: Int64) {
        self.size = size
        self.timeToLive = timeToLive
    }
}
