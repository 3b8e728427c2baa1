/// What a fan-out run does.
public struct FanoutPlan: Sendable {
    public enum Payload: String, Sendable, CaseIterable {
        /// Whole messages, as one Roost node publishes them for the others.
        case message
        /// Bare text, as `redis-cli PUBLISH` sends it.
        case text
    }

    public let traffic: Traffic
    /// Messages a second over all channels; `nil`: as many as the window lets through.
    public let rate: UInt64?
    /// When saturating: how many messages may be outstanding, not received by all subscribers.
    public let window: Int
    /// Where to publish past the server; `nil`: over the door.
    public let redis: RedisAddress?
    /// What is published past the server.
    public let payload: Payload

    public init(
        traffic: Traffic, rate: UInt64?, window: Int, redis: RedisAddress?, payload: Payload, door: Door
    ) throws(BenchError) {
        if let rate, !(1...10_000_000).contains(rate) {
            throw BenchError("--rate must be 1 to 10000000 a second")
        }
        guard (1...1_000_000).contains(window) else {
            throw BenchError("--window must be 1 to 1000000 messages")
        }
        guard
            redis != nil || door.publishing == .native || traffic.channels == traffic.publishers
                || traffic.channels == 1
        else {
            throw BenchError(
                "a plain door has one channel: use --publish-redis, --door native or --channels 1")
        }
        self.traffic = traffic
        self.rate = rate
        self.window = window
        self.redis = redis
        self.payload = payload
    }
}
