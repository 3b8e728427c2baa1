import Wire

/// Says that a device has had everything up to a notification.
public struct AcknowledgeRequest: Equatable, Sendable {
    public var user: UserName
    public var device: DeviceName
    public var id: MessageID
    /// Names the connection that asks, for the signal; empty for none. At most 255 bytes of UTF-8, no spaces.
    public var origin: String
    public var rule: InboxRule

    public init(user: UserName, device: DeviceName, id: MessageID, origin: String = "", rule: InboxRule) {
        self.user = user
        self.device = device
        self.id = id
        self.origin = origin
        self.rule = rule
    }
}
