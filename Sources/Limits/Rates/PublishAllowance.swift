import EventLoop
import Wire

/// What one publisher has left: its own bucket, and those that it shares with others of its user and its address. Looked
/// up once, for as long as it is connected.
public final class PublishAllowance: Sendable {
    private let connection: TokenBucket?
    private let user: TokenBucket?
    private let address: TokenBucket?

    /// - Parameters:
    ///   - connection: `nil` for one request.
    ///   - user: `nil` for somebody without a name.
    public init(
        _ connection: TokenBucket?, user: UserName?, address: PeerAddress, of limits: NodeLimits, now: UInt64
    ) {
        self.connection = connection
        self.user = user.map { limits.publishesPerUser.bucket(of: $0, now: now) }
        self.address = AddressKey(address).map { limits.publishesPerAddress.bucket(of: $0, now: now) }
    }

    /// Takes for one message from each of the buckets, or from none.
    public func take(_ rates: PublishRates, now: UInt64) throws(RateExceeded) {
        try Self.take(connection, rates.perConnection, .publishRatePerConnection, now)
        do throws(RateExceeded) {
            try Self.take(user, rates.perUser, .publishRatePerUser, now)
            do throws(RateExceeded) {
                try Self.take(address, rates.perAddress, .publishRatePerAddress, now)
            } catch {
                if let rate = rates.perUser { user?.giveBack(rate) }
                throw error
            }
        } catch {
            if let rate = rates.perConnection { connection?.giveBack(rate) }
            throw error
        }
    }

    private static func take(
        _ bucket: TokenBucket?, _ rate: RateLimit?, _ limit: Limit, _ now: UInt64
    ) throws(RateExceeded) {
        if let bucket, let rate { try bucket.take(rate, of: limit, now: now) }
    }
}
