import Access

/// Who may enter, as the configuration says: the same for all workers.
struct AccessPolicy: Sendable {
    /// Nothing is configured: everybody may do everything, and says who it is.
    let isOpen: Bool
    /// What those may do who show nothing.
    let anonymous: Permissions
    let apiKeys: [APIKeyRule]
    let rules: TokenRules
    let keys: KeyRing

    static let open = AccessPolicy(Settings.Auth(), KeyRing([]))

    /// - Parameter keys: what `AccessKeys` has read.
    init(_ settings: Settings.Auth, _ keys: KeyRing) {
        isOpen = !settings.isConfigured
        anonymous = isOpen ? .everything : settings.anonymous ?? .nothing
        apiKeys = settings.apiKeys
        rules = settings.rules
        self.keys = keys
    }

    /// How the log calls it.
    var description: String {
        if isOpen { return "everyone may do everything" }
        var who: [String] = []
        if !keys.current.keys.isEmpty { who.append("holders of a token") }
        if !apiKeys.isEmpty { who.append("holders of \(apiKeys.count) API keys") }
        if !anonymous.areNone {
            let may = Operation.allCases.filter { !anonymous.effectivePatterns($0).isEmpty }
            who.append("everyone (\(may.map(\.rawValue).joined(separator: ", ")))")
        }
        return who.isEmpty ? "nobody" : who.joined(separator: ", ")
    }
}
