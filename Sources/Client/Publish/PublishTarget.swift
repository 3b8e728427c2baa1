import Wire

/// Where a `PublishSession` puts messages.
public enum PublishTarget: Sendable {
    /// - Parameters:
    ///   - event: `nil` for the server's default.
    ///   - keys: with them, messages can be sent again without being published twice.
    case channel(ChannelName, event: String?, keys: IdempotencyKeys?)
    /// - Parameter delay: seconds until a job may be handed out.
    case queue(QueueName, delay: Int)

    /// Whether a message that the server may have can be sent once more.
    var isRepeatable: Bool {
        if case .channel(_, _, .some) = self { true } else { false }
    }

    /// The command that sends `data`, a valid JSON value.
    func frame(data: Span<UInt8>, ref: Int64) -> [UInt8] {
        switch self {
        case .channel(let channel, let event, let keys):
            ClientFrame.publish(
                channel: channel, event: event, key: keys?.key(ref), data: data, ref: ref)
        case .queue(let queue, let delay): ClientFrame.push(queue: queue, delay: delay, data: data, ref: ref)
        }
    }

    /// What has happened to a message that the server has: `3 published`.
    var verb: String {
        switch self {
        case .channel: "published"
        case .queue: "pushed"
        }
    }
}
