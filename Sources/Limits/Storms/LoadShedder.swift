/// Decides when new connections are turned away because too many come at once: when the loop has been late for several
/// turns on end in which connections came, and many came within the last second. Those that are open already need the
/// time first. A pure policy.
public struct LoadShedder: Sendable {
    /// Milliseconds that a turn may take; `nil`: nobody is turned away.
    public var lag: UInt64? {
        didSet { if lag == nil { isShedding = false } }
    }
    /// Whether new connections are to be turned away.
    public private(set) var isShedding = false

    /// Turns on end that were late.
    private var lateTurns = 0
    /// Turns on end that were not, while shedding.
    private var timelyTurns = 0
    /// Connections that came within the present second, and in the one before.
    private var recent = (second: UInt64(0), now: 0, before: 0)

    /// Turns that must have been late, and then in time again.
    static let turns = 3
    /// Connections within a second that are none too many, however slow the machine is.
    static let crowd = 300

    public init(lag: UInt64?) { self.lag = lag }

    /// Connections have come, at `now` milliseconds.
    public mutating func arrived(_ count: Int, now: UInt64) {
        let second = now / 1_000
        if second != recent.second {
            // After a pause nothing is to be caught up with.
            if second > recent.second + 1 { (isShedding, lateTurns, timelyTurns) = (false, 0, 0) }
            recent = (second, 0, second == recent.second + 1 ? recent.now : 0)
        }
        recent.now += count
    }

    /// A turn has ended that took `length` milliseconds, and in which connections came.
    public mutating func turnEnded(length: UInt64) {
        guard let lag else {
            isShedding = false
            return
        }
        if length > lag {
            lateTurns += 1
            timelyTurns = 0
            if lateTurns >= Self.turns, recent.now + recent.before > Self.crowd { isShedding = true }
        } else {
            lateTurns = 0
            timelyTurns += 1
            if timelyTurns >= Self.turns { isShedding = false }
        }
    }
}
