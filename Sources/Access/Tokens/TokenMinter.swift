import Wire

/// Writes tokens that `TokenVerifier` accepts.
public struct TokenMinter: Sendable {
    private let key: TokenKey
    private let rules: TokenRules

    /// - Parameter key: a secret, or a private key.
    public init(_ key: TokenKey, _ rules: TokenRules) {
        self.key = key
        self.rules = rules
    }

    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - lifetime: seconds; `nil`: it does not end.
    public func mint(
        user: UserName, permissions: Permissions, now: Int64, lifetime: Int64?
    ) throws(KeyError) -> String {
        var claims: [UInt8] = []
        claims.append(#"{"sub":"#)
        JSON.appendString(user.bytes.span, to: &claims)
        claims.append(#","iat":"#)
        JSON.appendInteger(now, to: &claims)
        if let lifetime {
            claims.append(#","exp":"#)
            JSON.appendInteger(now + lifetime, to: &claims)
        }
        if let issuer = rules.issuer {
            claims.append(#","iss":"#)
            JSON.appendString(issuer, to: &claims)
        }
        if let audience = rules.audience.first {
            claims.append(#","aud":"#)
            JSON.appendString(audience, to: &claims)
        }
        claims.append(#","roost":{"admin":"#)
        claims.append(permissions.isAdministrator ? "true" : "false")
        for operation in Operation.allCases {
            guard let patterns = permissions[operation] else { continue }
            claims.append(UInt8(ascii: ","))
            JSON.appendString(operation.rawValue, to: &claims)
            claims.append(":[")
            for (index, pattern) in patterns.enumerated() {
                if index > 0 { claims.append(UInt8(ascii: ",")) }
                JSON.appendString(pattern.span, to: &claims)
            }
            claims.append(UInt8(ascii: "]"))
        }
        claims.append("}}")
        return try sign(claims)
    }

    private func sign(_ claims: [UInt8]) throws(KeyError) -> String {
        let header = Array(#"{"alg":"\#(key.algorithm.rawValue)","typ":"JWT"}"#.utf8)
        var token: [UInt8] = []
        Base64URL.append(header.span, to: &token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(claims.span, to: &token)
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature.span, to: &token)
        return String(decoding: token, as: UTF8.self)
    }
}
