import Access
import Broker
import Wire

/// Finds out who sends a request, and what that permits: the one place where it is decided. Confined to its worker's
/// thread.
final class Authenticator {
    private let policy: AccessPolicy
    private var verified: VerifiedTokens

    init(_ policy: AccessPolicy) {
        self.policy = policy
        verified = VerifiedTokens()
    }

    var isOpen: Bool { policy.isOpen }

    /// What the client of a request may do, by `Authorization: Bearer` (RFC 6750 section 2.1) or `?token=`.
    /// - Throws: 401 for a token that is no good, or for none where nobody may do anything without; 400 for a `user`
    ///   where tokens say that, or one that cannot be a name.
    func identify(_ head: HTTPRequestHead) throws(HTTPError) -> Identity {
        let query = try HTTPQuery(head.query)
        if let name = query.bytes("user") { return try identity(named: name, "'user'") }
        if policy.isOpen { return Identity(user: nil, permissions: .everything) }
        let token = try Self.token(head, query)
        do throws(AccessDenial) {
            return try identify(token: token?.span)
        } catch {
            throw error.httpError
        }
    }

    /// The same for a client of Socket.IO that connects to a namespace: what it says there counts first.
    /// - Parameter head: of the request that opened its session.
    func identify(_ head: HTTPRequestHead, _ credentials: RelayCredentials) throws(HTTPError) -> Identity {
        if let name = credentials.user { return try identity(named: name, "'auth.user'") }
        guard !policy.isOpen, let token = credentials.token else { return try identify(head) }
        do throws(AccessDenial) {
            return try identify(token: token.span)
        } catch {
            throw error.httpError
        }
    }

    /// Who shows this token, or API key; `nil`: nothing.
    func identify(token: Span<UInt8>?) throws(AccessDenial) -> Identity {
        guard !policy.isOpen else { return Identity(user: nil, permissions: .everything) }
        guard let token else {
            guard !policy.anonymous.areNone else {
                throw AccessDenial(
                    unauthorized:
                        "a token is needed: as 'Authorization: Bearer TOKEN', or as '?token=TOKEN' in the URL"
                )
            }
            return Identity(user: nil, permissions: policy.anonymous)
        }
        do throws(TokenError) {
            if token.starts(with: APIKey.prefix) {
                guard let rule = APIKeyRule.find(token, among: policy.apiKeys) else { throw .unknownAPIKey }
                return Identity(user: nil, permissions: rule.permissions, credentials: .apiKey)
            }
            return try identity(token)
        } catch {
            throw AccessDenial(unauthorized: "\(error)", isTokenInvalid: true)
        }
    }

    /// Whether a request shows an API key that is one. Nothing else is looked at.
    func isAPIKeyShown(in head: HTTPRequestHead) -> Bool {
        guard !policy.apiKeys.isEmpty, let query = try? HTTPQuery(head.query),
            let token = try? Self.token(head, query), token.span.starts(with: APIKey.prefix)
        else { return false }
        return APIKeyRule.find(token.span, among: policy.apiKeys) != nil
    }

    private func identity(_ token: Span<UInt8>) throws(TokenError) -> Identity {
        let keys = policy.keys.current
        let now = WallClock.milliseconds() / 1_000
        if let identity = verified.find(token, generation: keys.generation) {
            guard identity.expires.map({ now * 1_000 < $0 }) ?? true else { throw .expired }
            return identity
        }
        let found = try TokenVerifier(keys.keys, policy.rules).verify(token, now: now)
        var permissions = found.permissions
        permissions.grants = policy.userGrants
        let identity = Identity(
            user: found.user, permissions: permissions, credentials: .token,
            expires: found.expires.map { Self.milliseconds(policy.rules.end(of: $0)) })
        verified.add(identity, for: token, generation: keys.generation)
        return identity
    }

    private static func milliseconds(_ seconds: Int64) -> Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : product
    }

    private func identity(named name: [UInt8], _ member: String) throws(HTTPError) -> Identity {
        guard policy.isOpen else {
            throw HTTPError(
                .badRequest, .badRequest, "\(member) is not accepted here: the token says who you are")
        }
        do throws(ChannelNameError) {
            return Identity(user: try UserName(validating: name), permissions: .everything)
        } catch {
            throw HTTPError(.badRequest, .badRequest, "\(member): \(error)")
        }
    }

    private static func token(_ head: HTTPRequestHead, _ query: HTTPQuery) throws(HTTPError) -> [UInt8]? {
        let inQuery = query.bytes("token")
        guard let field = head.header("authorization") else { return inQuery }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        // Another scheme is for somebody on the way here, such as a proxy that asks for a password.
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return inQuery }
        guard inQuery == nil else {
            throw HTTPError(
                .badRequest, .badRequest, "a token must be given once: in Authorization, or as 'token'")
        }
        return Array(parts[1].utf8.drop { $0 == 0x20 })
    }
}
