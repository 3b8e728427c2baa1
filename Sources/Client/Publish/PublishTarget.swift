import Wire

/// Where a `PublishSession` puts messages.
public enum PublishTarget: Sendable {
    /// - Parameter event: `nil` for the server's default.
    case channel(ChannelName, event: String?)
    /// - Parameter delay: seconds until a job may be handed out.
    case queue(QueueName, delay: Int)

    /// The command that sends `data`, a valid JSON value.
    func frame(data: Span<UInt8>, ref: Int64) -> [UInt8] {
        switch self {
        case .channel(let channel, let event):
            ClientFrame.publish(channel: channel, event: event, data: data, ref: ref)
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
