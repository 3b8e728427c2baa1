import Wire

/// An API key that the server knows, and what its holder may do.
public struct APIKeyRule: Equatable, Sendable {
    /// For the log and for people.
    public var name: String
    public var hash: APIKeyHash
    public var permissions: Permissions

    public init(name: String, hash: APIKeyHash, permissions: Permissions) {
        self.name = name
        self.hash = hash
        self.permissions = permissions
    }

    /// The rule that a key belongs to. Every rule is compared, so that the time does not tell which.
    public static func find(_ key: Span<UInt8>, among rules: [APIKeyRule]) -> APIKeyRule? {
        let hash = APIKeyHash(of: [UInt8](copying: key))
        var found: APIKeyRule?
        for rule in rules where ConstantTime.equal(rule.hash.bytes.span, hash.bytes.span) { found = rule }
        return found
    }
}
