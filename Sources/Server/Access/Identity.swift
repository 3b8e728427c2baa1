import Wire

/// Who a client is.
struct Identity: Equatable, Sendable {
    /// `nil` for somebody who did not say.
    var user: UserName?

    static let anonymous = Identity()
}
