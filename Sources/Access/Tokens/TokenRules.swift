/// What a token must say besides being signed. Times in seconds.
public struct TokenRules: Equatable, Sendable {
    /// `aud` must name one of these; none: there must be no `aud` (RFC 7519 section 4.1.3).
    public var audience: [String] = []
    /// `iss` must be this, if there is one.
    public var issuer: String?
    /// How far clocks may be apart.
    public var leeway: Int64 = 10
    /// Whether a token must end some day.
    public var requiresExpiry = true

    public init() {}
}
