import Wire

/// What a token says, now that it is known to be genuine.
public struct VerifiedToken: Equatable, Sendable {
    /// `sub`
    public let user: UserName
    /// With what everybody may do with their own.
    public let permissions: Permissions
    /// From when on it is not accepted any more: seconds since 1970, the leeway not included; `nil`: never.
    public let expires: Int64?
}
