/// Why a broker did not do what it was asked for.
public enum BrokerFailure: Error, Equatable, Sendable {
    /// The broker is away. Nothing was sent, or it is unknown whether it was done before the link broke.
    case unavailable
    /// Too much is waiting for the broker already; nothing was sent.
    case overloaded
    /// The broker refused, with its words (Redis: an ACL, a read-only replica, out of memory).
    case refused(String)
}
