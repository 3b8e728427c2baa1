import Wire

/// Something came faster than a rate allows.
public struct RateExceeded: Error, Equatable {
    public let limit: Limit
    private let rate: RateLimit
    /// Nanoseconds until it may be tried again.
    public let wait: UInt64

    init(_ limit: Limit, _ rate: RateLimit, wait: UInt64) {
        self.limit = limit
        self.rate = rate
        self.wait = wait
    }

    private var words: String {
        let isRequest = limit == .requestRatePerAddress
        return "more than "
            + (isRequest ? rate.words("request", "requests") : rate.words("message", "messages"))
    }

    /// Whole seconds until it may be tried again, at least 1.
    private var retryAfter: Int { Int((wait + 999_999_999) / 1_000_000_000) }

    public var httpError: HTTPError {
        HTTPError(.tooManyRequests, .rateLimited, limit, words, retryAfter: retryAfter)
    }

    public func nativeError(_ reference: NativeReference) -> NativeError {
        NativeError(.rateLimited, limit, words, reference: reference)
    }
}
