/// How much is kept of each inbox.
public struct InboxRule: Equatable, Sendable {
    /// Notifications, at most; beyond, the oldest are dropped.
    public var size: Int
    /// Milliseconds for which a notification is kept unless it says otherwise, and a device remembered.
    public var timeToLive: Int64

    /// The most devices of a user that are remembered; beyond, the one that was not seen for longest is forgotten.
    public static let maximumDevices = 100

    public init(size: Int, timeToLive: Int64) {
        self.size = size
        self.timeToLive = timeToLive
    }
}
