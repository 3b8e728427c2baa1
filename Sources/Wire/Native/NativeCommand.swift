/// One frame from a client of the native door, decoded: PROTOCOL.md, "Native WebSocket".
public enum NativeCommand: Equatable, Sendable {
    /// `since`: the last message that the client has.
    case subscribe(Topic, since: MessageID?)
    case unsubscribe(Topic)
    case publish(PublishCommand)
    case history(HistoryCommand)
    case queue(QueueName, QueueCommand)
    case presence(ChannelName)
    case inbox(InboxCommand)
    /// Goes on with another token, as it was sent.
    case authenticate(token: [UInt8])
    case ping
}
