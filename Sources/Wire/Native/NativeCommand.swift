/// One frame from a client of the native door, decoded: PROTOCOL.md, "Native WebSocket".
public enum NativeCommand: Equatable, Sendable {
    case subscribe(Topic)
    case unsubscribe(Topic)
    /// `data` is where the value lies in the frame; `echo` says whether the publisher gets its own message.
    case publish(channel: ChannelName, event: [UInt8]?, data: Range<Int>, echo: Bool)
    case ping
}
