/// What becomes of a topic's messages that wait for a subscriber when more waits for it than it may have.
public enum SlowPolicy: String, CaseIterable, Sendable {
    /// They stay: the connection has overflowed.
    case close
    /// All but the newest are dropped.
    case latest
    /// All are dropped, and the subscription is held: its owner gives them again from the history.
    case spill
}
