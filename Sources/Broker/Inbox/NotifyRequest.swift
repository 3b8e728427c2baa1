import Wire

/// A notification for a user's inbox.
public struct NotifyRequest: Equatable, Sendable {
    public var user: UserName
    /// Its JSON without an id: see `NotificationEncoder`.
    public var notification: [UInt8]
    /// Milliseconds until it is no longer given out; `nil`: as the rule says.
    public var timeToLive: Int64?
    /// A second one for the user with the same key, within `StoreRequest.keyLifetime`, is not kept: it is answered as
    /// the first was. 1 to `StoreRequest.maximumKeyLength` bytes.
    public var idempotencyKey: [UInt8]?
    public var rule: InboxRule

    public init(
        user: UserName, notification: [UInt8], timeToLive: Int64? = nil, idempotencyKey: [UInt8]? = nil,
        rule: InboxRule
    ) {
        self.user = user
        self.notification = notification
        self.timeToLive = timeToLive
        self.idempotencyKey = idempotencyKey
        self.rule = rule
    }
}
