/// A user who is in a channel.
public struct PresentUser: Equatable, Sendable {
    /// `nil` for all who did not say who they are.
    public let user: UserName?
    /// How many connections the user has there; at least 1.
    public let connections: Int

    public init(user: UserName?, connections: Int) {
        self.user = user
        self.connections = connections
    }
}
