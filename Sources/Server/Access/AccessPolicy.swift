import Access

/// Who may enter, as the configuration says: the same for all workers.
struct AccessPolicy: Sendable {
    /// Nothing is configured: everybody may do everything, and says who it is.
    let isOpen: Bool
    /// What those may do who show nothing.
    let anonymous: Permissions
    /// What rules for channels permit everybody with a token.
    let userGrants: [ChannelGrant]
    let apiKeys: [APIKeyRule]
    let rules: TokenRules
    let keys: KeyRing

    static let open = AccessPolicy(Settings(), KeyRing([]))

    /// - Parameter keys: what `AccessKeys` has read.
    init(_ settings: Settings, _ keys: KeyRing) {
        let auth = settings.auth
        isOpen = !settings.isGuarded
        var anonymous = isOpen ? .everything : auth.anonymous ?? .nothing
        anonymous.grants = settings.grants(users: false)
        self.anonymous = anonymous
        userGrants = settings.grants(users: true)
        apiKeys = auth.apiKeys
        rules = auth.rules
        self.keys = keys
    }

    /// Whether those without a token may do the same.
    func treatsStrangersLike(_ other: AccessPolicy) -> Bool {
        isOpen == other.isOpen && anonymous == other.anonymous
    }

    /// How the log calls it.
    var description: String {
        if isOpen { return "everyone may do everything" }
        var who: [String] = []
        if !keys.current.keys.isEmpty { who.append("holders of a token") }
        if !apiKeys.isEmpty { who.append("holders of \(apiKeys.count) API keys") }
        if !anonymous.areNone {
            who.append("everyone (\(anonymous.operations.map(\.rawValue).joined(separator: ", ")))")
        }
        return who.isEmpty ? "nobody" : who.joined(separator: ", ")
    }
}
