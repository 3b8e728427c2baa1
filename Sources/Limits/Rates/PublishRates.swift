/// How fast one may publish, as set; `nil` is as fast as one likes.
public struct PublishRates: Equatable, Sendable {
    public var perConnection: RateLimit?
    public var perUser: RateLimit?
    public var perAddress: RateLimit?

    public init() {}

    public var isUnlimited: Bool { perConnection == nil && perUser == nil && perAddress == nil }
}
