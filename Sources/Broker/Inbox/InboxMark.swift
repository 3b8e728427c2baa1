import Wire

/// How far an inbox has been read.
public struct InboxMark: Equatable, Sendable {
    /// The last notification that counts as acknowledged.
    public var id: MessageID
    /// How many the user has not read.
    public var unread: Int

    public init(id: MessageID, unread: Int) {
        self.id = id
        self.unread = unread
    }
}
