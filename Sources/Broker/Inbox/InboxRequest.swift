import Wire

/// Which part of an inbox is wanted.
public struct InboxRequest: Equatable, Sendable {
    public var user: UserName
    public var device: DeviceName
    /// Only what comes after this. `nil`, or an id of an inbox that has begun anew: what the device has not acknowledged.
    public var after: MessageID?
    /// Notifications, at most.
    public var limit: Int
    /// Bytes of notifications, at most, but for the last one.
    public var maximumBytes: Int
    public var rule: InboxRule

    public init(
        user: UserName, device: DeviceName, after: MessageID? = nil, limit: Int = 100,
        maximumBytes: Int = 1 << 18, rule: InboxRule
    ) {
        self.user = user
        self.device = device
        self.after = after
        self.limit = limit
        self.maximumBytes = maximumBytes
        self.rule = rule
    }
}
