import Wire

/// A part of a channel's history, and where it stands as a whole.
public struct HistoryPage: Equatable, Sendable {
    public struct Item: Equatable, Sendable {
        public let offset: UInt64
        /// The message's JSON, with its id in it. Empty for one whose own time has passed: its offset was given out.
        public let message: [UInt8]

        public init(offset: UInt64, message: [UInt8]) {
            self.offset = offset
            self.message = message
        }
    }

    /// `nil` where nothing was ever stored, or all of it is gone.
    public var epoch: String?
    /// The newest offset given out; 0 where there is none.
    public var newest: UInt64
    /// The oldest offset that is kept; `newest + 1` where none is.
    public var oldest: UInt64
    /// In order.
    public var items: [Item]

    public init(epoch: String?, newest: UInt64, oldest: UInt64, items: [Item]) {
        self.epoch = epoch
        self.newest = newest
        self.oldest = oldest
        self.items = items
    }

    public static let empty = HistoryPage(epoch: nil, newest: 0, oldest: 1, items: [])

    /// The id of the newest message.
    public var newestID: MessageID? { epoch.map { MessageID(offset: newest, epoch: $0) } }

    /// Whether everything after `id` is still kept: the same stream, and nothing behind `id` trimmed away.
    public func isComplete(since id: MessageID) -> Bool {
        epoch == id.epoch && id.offset <= newest && oldest <= id.offset + 1
    }
}
