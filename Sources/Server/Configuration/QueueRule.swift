extension Settings {
    /// How jobs of the queues whose names match are handed out.
    public struct QueueRule: Equatable, Sendable {
        /// Glob patterns, as `GlobPattern` takes them; one of them must match.
        public var match: [[UInt8]]
        /// How long a consumer has for a job unless it says otherwise or renews.
        public var lease = Duration.seconds(60)
        /// How often a job is handed out before it goes to the dead-letter list.
        public var attempts = 5

        public init(match: [[UInt8]]) { self.match = match }
    }
}
