import Wire

/// What became of one publish.
public enum PublishOutcome: Equatable, Sendable {
    /// The broker has it; the channel has no history.
    case accepted
    /// The broker has it, in the channel's history under this id; or had it before, under the same idempotency key.
    case stored(MessageID)
    case failed(BrokerFailure)
}
