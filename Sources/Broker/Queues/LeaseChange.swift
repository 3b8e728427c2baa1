/// What becomes of a leased job. Times in milliseconds.
public enum LeaseChange: Equatable, Sendable {
    case done
    /// Given back by its consumer, behind others that were; with a delay it waits apart first.
    case retry(delay: Int64)
    /// The lease ends this much after now.
    case renew(Int64)
    /// Its consumer is gone: given back, before all others.
    case release
    /// Nobody has seen it: back to where it was, and the attempt does not count.
    case undo
}
