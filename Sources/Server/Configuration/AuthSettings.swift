import Access

extension Settings {
    /// Who may enter. Nothing of it: everybody, and everybody may do everything.
    public struct Auth: Equatable, Sendable {
        /// Signs tokens; `nil`: none.
        public var secret: String?
        /// Files with keys; `nil`: none.
        public var secretFile: String?
        public var publicKeyFile: String?
        public var keySetFile: String?
        public var apiKeys: [APIKeyRule] = []
        /// What those may do who show nothing; `nil`: nothing was said.
        public var anonymous: Permissions?
        public var audience: [String] = []
        public var issuer: String?
        /// How far clocks may be apart.
        public var leeway = Duration.seconds(10)
        /// Whether tokens must end some day.
        public var requiresExpiry = true

        public init() {}

        var hasTokens: Bool {
            secret != nil || secretFile != nil || publicKeyFile != nil || keySetFile != nil
        }

        var isConfigured: Bool { hasTokens || !apiKeys.isEmpty || anonymous != nil }

        public var rules: TokenRules {
            var rules = TokenRules()
            rules.audience = audience
            rules.issuer = issuer
            rules.leeway = leeway.components.seconds
            rules.requiresExpiry = requiresExpiry
            return rules
        }
    }

    /// Whether anything is said about who may do what.
    var isGuarded: Bool {
        auth.isConfigured || channels.contains { !$0.anonymous.isEmpty || !$0.users.isEmpty }
    }

    /// What rules for channels permit everybody, and, where `users` is set, everybody with a token besides.
    func grants(users: Bool) -> [ChannelGrant] {
        let grants = channels.map {
            ChannelGrant(match: $0.match, operations: $0.anonymous + (users ? $0.users : []))
        }
        return grants.contains { !$0.operations.isEmpty } ? grants : []
    }
}
