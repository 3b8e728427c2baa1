import Wire

/// Who is in a channel.
public struct PresenceList: Equatable, Sendable {
    /// Sorted by the users' names, those who did not say who they are last.
    public let users: [PresentUser]
    /// There are more than are listed.
    public let hasMore: Bool

    /// The most that are listed.
    public static let maximumCount = 1_000

    /// - Parameter users: in any order.
    public init(users: [PresentUser], hasMore: Bool) {
        self.users = users.sorted { first, second in
            guard let left = first.user else { return false }
            guard let right = second.user else { return true }
            return left.bytes.lexicographicallyPrecedes(right.bytes)
        }
        self.hasMore = hasMore
    }
}
