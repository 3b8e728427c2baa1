import Access
import EventLoop
import Front
import Limits
import Wire

/// Limits that hold for whoever comes in, by every door.
extension Worker {
    /// The clock of all rates: nanoseconds, as of the start of this turn.
    var nanoseconds: UInt64 { loop.now * 1_000_000 }

    /// Whose request it is, whatever proxies stand between.
    func address(of head: HTTPRequestHead, from peer: PeerAddress) -> PeerAddress {
        settings.front.trustedProxies.client(of: head, from: peer)
    }

    /// - Throws: 429 if more requests come from an address than may.
    func checkRate(of head: HTTPRequestHead, from address: PeerAddress) throws(HTTPError) {
        guard let rate = settings.requestRate, let key = AddressKey(address), !access.isAPIKeyShown(in: head)
        else { return }
        do throws(RateExceeded) {
            let bucket = limits.requestsPerAddress.bucket(of: key, now: nanoseconds)
            try bucket.take(rate, of: .requestRatePerAddress, now: nanoseconds)
        } catch {
            throw error.httpError
        }
    }

    /// Takes one message from what the sender of a request may publish.
    /// - Throws: 429.
    func checkPublishRate(_ identity: Identity, _ address: PeerAddress) throws(HTTPError) {
        guard limitsPublishing, identity.isLimited else { return }
        do throws(RateExceeded) {
            let allowance = PublishAllowance(
                nil, user: identity.user, address: address, of: limits, now: nanoseconds)
            try allowance.take(settings.publishRates, now: nanoseconds)
        } catch {
            throw error.httpError
        }
    }

    /// The places that a connection takes up which stays open, among those of its user, and of its address if that was
    /// not known before because a proxy stands between.
    /// - Throws: 429 if one of them has all that it may have.
    func claimPlaces(
        for identity: Identity, _ address: PeerAddress, from peer: PeerAddress
    ) throws(HTTPError) -> [ConnectionClaim] {
        var claims: [ConnectionClaim] = []
        if settings.front.trustedProxies.contains(peer), let claim = try claimPlace(of: address) {
            claims.append(claim)
        }
        if let claim = try claimPlace(for: identity) { claims.append(claim) }
        return claims
    }

    /// The place among the connections of an address, for a client whose own connection was not counted. A trusted proxy that
    /// speaks for nobody has any number.
    func claimPlace(of address: PeerAddress) throws(HTTPError) -> ConnectionClaim? {
        guard let maximum = settings.front.connectionsPerAddress,
            !settings.front.trustedProxies.contains(address), let key = AddressKey(address)
        else { return nil }
        guard let claim = limits.connectionsPerAddress.claim(key, atMost: maximum) else {
            throw .tooManyOfAddress(maximum)
        }
        return claim
    }

    /// The place among the connections of its user.
    func claimPlace(for identity: Identity) throws(HTTPError) -> ConnectionClaim? {
        guard let maximum = settings.connectionsPerUser, let user = identity.user else { return nil }
        guard let claim = limits.connectionsPerUser.claim(user, atMost: maximum) else {
            throw HTTPError(
                .tooManyRequests, .limitExceeded, .connectionsPerUser,
                "a user may have at most \(maximum) connections at a time", retryAfter: 5)
        }
        return claim
    }
}
