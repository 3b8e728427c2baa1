/// Why a token is not accepted. Never repeats any of it.
public enum TokenError: Error, Equatable, Sendable {
    /// It is no JWT (RFC 7519), or too long; what is wrong is said.
    case malformed(String)
    /// It names a key or an algorithm that is not configured, or is not that key's.
    case unknownKey
    case badSignature
    case expired
    case notYetValid
    case otherAudience
    case otherIssuer
    /// A claim is missing, or not what it should be.
    case badClaim(String)
    /// It is no JWT, and no API key that is configured.
    case unknownAPIKey
}

extension TokenError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let reason): "the token is not a JWT: \(reason)"
        case .unknownKey: "the token is signed with a key, or in a way, that this server does not know"
        case .badSignature: "the token's signature is wrong"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet"
        case .otherAudience: "the token is for another audience"
        case .otherIssuer: "the token is from another issuer"
        case .badClaim(let reason): "the token's claims are not accepted: \(reason)"
        case .unknownAPIKey: "the API key is not known"
        }
    }
}
