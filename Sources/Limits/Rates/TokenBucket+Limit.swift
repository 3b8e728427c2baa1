import Wire

extension TokenBucket {
    /// Takes one token of a bucket that `limit` has set.
    public func take(_ rate: RateLimit, of limit: Limit, now: UInt64) throws(RateExceeded) {
        let wait = take(rate, now: now)
        guard wait == 0 else { throw RateExceeded(limit, rate, wait: wait) }
    }
}
