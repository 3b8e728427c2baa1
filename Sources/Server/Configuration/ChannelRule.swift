import Broker

extension Settings {
    /// What the server does for the channels whose names match, besides passing messages on.
    public struct ChannelRule: Equatable, Sendable {
        /// Glob patterns, as `GlobPattern` takes them; one of them must match.
        public var match: [[UInt8]]
        public var history: HistoryRule?
        public var presence: Bool

        public init(match: [[UInt8]], history: HistoryRule? = nil, presence: Bool = false) {
            self.match = match
            self.history = history
            self.presence = presence
        }
    }
}
