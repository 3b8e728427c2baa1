import EventLoop
import Limits

/// What limits one client that stays connected: whose address it has, and what it has left of its rates. Confined to its
/// worker's thread.
struct ClientLimits {
    /// Who it is, whatever proxies stand between.
    let address: PeerAddress
    /// Of this connection; another one where several sessions share it.
    private let bucket: TokenBucket?
    /// Looked up at its first publish under a limit.
    private var allowance: PublishAllowance?

    init(_ address: PeerAddress, bucket: TokenBucket? = nil) {
        self.address = address
        self.bucket = bucket
    }

    /// Takes one message from what the client may publish. To be asked only if `Worker.limitsPublishing`.
    mutating func takePublish(_ identity: Identity, _ worker: Worker) throws(RateExceeded) {
        guard identity.isLimited else { return }
        let now = worker.nanoseconds
        let allowance =
            allowance
            ?? PublishAllowance(
                bucket ?? TokenBucket(), user: identity.user, address: address, of: worker.limits, now: now)
        self.allowance = allowance
        try allowance.take(worker.settings.publishRates, now: now)
    }
}

extension Identity {
    /// Whether rates are for it. Holders of API keys are back ends, which publish for others.
    var isLimited: Bool { credentials != .apiKey }
}
