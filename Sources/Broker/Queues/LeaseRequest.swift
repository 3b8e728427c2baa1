import Wire

/// Jobs that are wanted from a queue.
public struct LeaseRequest: Equatable, Sendable {
    public var queue: QueueName
    /// Milliseconds for each job that is wanted, in the order in which they are given out; none: what has ended is
    /// given back, and nothing taken.
    public var leases: [Int64]
    /// How often a job is handed out before it goes to the dead letters.
    public var attempts: Int
    /// A job of more bytes goes to the dead letters at once.
    public var maximumJob: Int
    /// Bytes of all jobs, at most, but for the last.
    public var maximumBytes: Int

    public init(
        queue: QueueName, leases: [Int64], attempts: Int, maximumJob: Int = 1 << 20,
        maximumBytes: Int = 1 << 20
    ) {
        self.queue = queue
        self.leases = leases
        self.attempts = attempts
        self.maximumJob = maximumJob
        self.maximumBytes = maximumBytes
    }
}
