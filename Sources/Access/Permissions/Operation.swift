/// What may be permitted for names that match a pattern.
public enum Operation: String, Sendable, CaseIterable {
    /// To receive a channel's messages.
    case subscribe
    /// To publish to a channel.
    case publish
    /// To read what a channel has kept.
    case history
    /// To see who is in a channel.
    case presence
    /// To push, take and finish the jobs of a queue, and to look at it.
    case queues
    /// To send to a user's inbox, to read it and to acknowledge. One's own may always be used.
    case inbox
}
