import Wire

/// A part of an inbox, and where it stands as a whole.
public struct InboxPage: Equatable, Sendable {
    /// In order; each notification's JSON, with its id in it.
    public var notifications: [[UInt8]]
    /// Where the next page goes on: everything up to it is in this page, or is gone.
    public var end: MessageID
    /// There is more behind `end`.
    public var hasMore: Bool
    /// How many the user has not read, in all of the inbox.
    public var unread: Int
    /// How many were dropped since the inbox began, because it was full.
    public var dropped: Int

    public init(notifications: [[UInt8]], end: MessageID, hasMore: Bool, unread: Int, dropped: Int) {
        self.notifications = notifications
        self.end = end
        self.hasMore = hasMore
        self.unread = unread
        self.dropped = dropped
    }
}
