/// A `publish` of the native door.
public struct PublishCommand: Equatable, Sendable {
    public var channel: ChannelName
    /// `nil` for the default, `message`.
    public var event: [UInt8]?
    /// Where the value lies in the frame.
    public var data: Range<Int>
    /// Whether the publisher gets its own message.
    public var echo = true
    /// Seconds that the message stays in the channel's history.
    public var timeToLive: Int?
    public var idempotencyKey: [UInt8]?

    public init(channel: ChannelName, data: Range<Int>) {
        self.channel = channel
        self.data = data
    }
}
