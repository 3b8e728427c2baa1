import Wire

/// What `lease` found.
public struct LeaseAnswer: Equatable, Sendable {
    /// No more than were wanted; the first is the oldest.
    public var jobs: [Job] = []
    /// Jobs that could still be had.
    public var waiting = 0
    /// Milliseconds until a lease ends or a delayed job is due; `nil` where there is neither.
    public var nextDue: Int64?
    /// Jobs that went to the dead letters for their size.
    public var oversized = 0

    public init() {}
}
