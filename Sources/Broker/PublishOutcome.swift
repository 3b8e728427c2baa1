/// What became of one publish.
public enum PublishOutcome: Equatable, Sendable {
    /// The broker has it.
    case accepted
    /// The broker is away. Nothing was sent, or it is unknown whether the broker took it before the link broke.
    case unavailable
    /// Too much is waiting for the broker already; nothing was sent.
    case overloaded
    /// The broker refused it, with its words (Redis: an ACL, a read-only replica, out of memory).
    case refused(String)
}
