import Access
import Broker
import Hub

extension Settings {
    /// What the server does for the channels whose names match, besides passing messages on.
    public struct ChannelRule: Equatable, Sendable {
        /// Glob patterns, as `GlobPattern` takes them; one of them must match.
        public var match: [[UInt8]]
        public var history: HistoryRule?
        public var presence: Bool
        /// What becomes of messages that wait for subscribers that read too slowly. `spill` needs a history.
        public var slow: SlowPolicy
        /// What everybody may do, and what everybody may do who has a token.
        public var anonymous: [Access.Operation] = []
        public var users: [Access.Operation] = []

        public init(
            match: [[UInt8]], history: HistoryRule? = nil, presence: Bool = false, slow: SlowPolicy = .close
        ) {
            self.match = match
            self.history = history
            self.presence = presence
            self.slow = slow
        }
    }
}
