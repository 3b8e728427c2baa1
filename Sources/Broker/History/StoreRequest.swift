/// What a publish is to leave behind besides its delivery.
public struct StoreRequest: Equatable, Sendable {
    /// `nil` where nothing is kept but the idempotency key; the message gets no id then.
    public var rule: HistoryRule?
    /// Where the id goes into the payload: see `MessageEncoder.append`.
    public var idPosition: Int
    /// A second publish to the channel with the same key, within `keyLifetime`, is not made: it is answered as the
    /// first was. 1 to 255 bytes.
    public var idempotencyKey: [UInt8]?
    /// Milliseconds until this one message is no longer given out; `nil`: as long as the channel's history.
    public var timeToLive: Int64?

    /// Milliseconds for which an idempotency key is remembered.
    public static let keyLifetime: Int64 = 300_000
    /// The longest idempotency key, in bytes.
    public static let maximumKeyLength = 255

    public init(
        rule: HistoryRule?, idPosition: Int, idempotencyKey: [UInt8]? = nil, timeToLive: Int64? = nil
    ) {
        self.rule = rule
        self.idPosition = idPosition
        self.idempotencyKey = idempotencyKey
        self.timeToLive = timeToLive
    }
}
