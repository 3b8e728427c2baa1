/// How many jobs of a queue are where.
public struct QueueStatus: Equatable, Sendable {
    /// To be had now.
    public var waiting: Int
    public var leased: Int
    public var delayed: Int
    /// In the dead-letter list.
    public var dead: Int
    /// Ever finished.
    public var done: Int

    public init(waiting: Int = 0, leased: Int = 0, delayed: Int = 0, dead: Int = 0, done: Int = 0) {
        self.waiting = waiting
        self.leased = leased
        self.delayed = delayed
        self.dead = dead
        self.done = done
    }
}
