import Wire

/// Decides whether a JSON Web Token is genuine, for this server, and holds now: RFC 7515, RFC 7519, RFC 8725. Pure; any
/// thread.
public struct TokenVerifier: Sendable {
    private let keys: [TokenKey]
    private let rules: TokenRules

    public init(_ keys: [TokenKey], _ rules: TokenRules) {
        self.keys = keys
        self.rules = rules
    }

    /// - Parameter now: seconds since 1970.
    public func verify(_ token: Span<UInt8>, now: Int64) throws(TokenError) -> VerifiedToken {
        let parts = try TokenParts(token)
        let header = try TokenHeader(parts.header.span)
        let candidates = try candidates(for: header)
        guard candidates.contains(where: { $0.verifies(parts.signature, of: parts.signed) }) else {
            throw .badSignature
        }
        // Nothing of the claims is looked at before it is known who wrote them.
        return try check(try TokenClaims(parts.claims.span), now)
    }

    /// The keys that may have signed it. One that names a key is held to it, and each key to its algorithm.
    private func candidates(for header: TokenHeader) throws(TokenError) -> [TokenKey] {
        guard let algorithm = header.algorithm else { throw .unknownKey }
        var candidates = keys
        if let id = header.keyID {
            let named = keys.filter { $0.id == id }
            // A key from a file of its own has no name, so a token's cannot be another's.
            candidates = named.isEmpty ? keys.filter { $0.id == nil } : named
        }
        candidates = candidates.filter { $0.algorithm == algorithm }
        guard !candidates.isEmpty else { throw .unknownKey }
        return candidates
    }

    private func check(_ claims: TokenClaims, _ now: Int64) throws(TokenError) -> VerifiedToken {
        if let expires = claims.expires {
            guard now < rules.end(of: expires) else { throw .expired }
        } else if rules.requiresExpiry {
            throw .badClaim("'exp' is missing")
        }
        if let notBefore = claims.notBefore, now < rules.start(of: notBefore) { throw .notYetValid }
        if let audience = claims.audience {
            guard audience.contains(where: rules.audience.contains) else { throw .otherAudience }
        } else if !rules.audience.isEmpty {
            throw .otherAudience
        }
        if let issuer = rules.issuer, claims.issuer != issuer { throw .otherIssuer }
        guard let user = claims.user else { throw .badClaim("'sub' is missing") }
        var permissions = claims.permissions
        permissions.addOwn(user)
        return VerifiedToken(user: user, permissions: permissions, expires: claims.expires)
    }
}

extension TokenRules {
    /// From when on a token with this `exp` is refused.
    public func end(of expires: Int64) -> Int64 {
        let (end, overflow) = expires.addingReportingOverflow(leeway)
        return overflow ? .max : end
    }

    /// From when on a token with this `nbf` is taken.
    func start(of notBefore: Int64) -> Int64 {
        let (start, overflow) = notBefore.subtractingReportingOverflow(leeway)
        return overflow ? .min : start
    }
}
