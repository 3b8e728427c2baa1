/// What an ingest run does.
public struct IngestPlan: Sendable {
    public let clients: Int
    public let traffic: Traffic
    /// How many publishes each client may have unanswered.
    public let window: Int

    /// - Parameters:
    ///   - channel: where all of them publish.
    ///   - size: of each message's data, in bytes.
    public init(clients: Int, channel: String, size: Int, window: Int) throws(BenchError) {
        guard (1...100_000).contains(clients) else { throw BenchError("--clients must be 1 to 100000") }
        guard (1...100_000).contains(window) else {
            throw BenchError("--window must be 1 to 100000 messages")
        }
        guard clients * window <= 10_000_000 else {
            throw BenchError("--clients times --window must be at most 10000000 messages")
        }
        self.clients = clients
        self.window = window
        traffic = try Traffic(subscribers: 1, channels: 1, publishers: 1, name: channel, size: size)
    }
}
