import Hub

/// Shares a worker's time among connections: who sends more than can be handled at once is handled piece by piece, so
/// that a turn of the loop stays short, and those who send little are served in each.
///
/// Once what was received in a turn has taken longer than `budget` to handle, whoever needs more than `share` is
/// interrupted and rests; of those who rest some go on in each turn, the oldest first. Times are in nanoseconds.
struct TurnShare {
    static let budget: UInt64 = 5_000_000
    static let share: UInt64 = 200_000
    /// How many go on in a turn.
    static let admitted = 4
    /// How many pipelined requests of one connection are begun in a turn.
    static let requests = 32
    /// After how many frames in a row it is asked what time it is.
    static let frames = 64

    /// Which turn this is.
    private(set) var number: UInt64 = 0
    private var spent: UInt64 = 0
    /// Since when there is work on what one connection has sent.
    private var start: UInt64?
    private var resting: [ConnectionID] = []

    var isAnyoneResting: Bool { !resting.isEmpty }

    /// Work on what one connection has sent begins.
    mutating func begin(at now: UInt64) { start = now }

    /// Whether it should be interrupted.
    func isSpent(at now: UInt64) -> Bool {
        let cost = now &- (start ?? now)
        return spent &+ cost > Self.budget && cost > Self.share
    }

    /// It has ended, or was interrupted; whether the connection has to rest.
    mutating func end(at now: UInt64) -> Bool {
        let hasToRest = isSpent(at: now)
        spent &+= now &- (start ?? now)
        start = nil
        return hasToRest
    }

    /// The connection rests from now on.
    mutating func rest(_ id: ConnectionID) { resting.append(id) }

    /// The next turn begins.
    mutating func next() {
        number &+= 1
        spent = 0
    }

    /// Who goes on now.
    mutating func admit() -> [ConnectionID] {
        let first = Array(resting.prefix(Self.admitted))
        resting.removeFirst(first.count)
        return first
    }
}
