import Wire

/// What a publisher says about a message besides its data and channel.
struct PublishOptions {
    /// `nil` for the default, `message`.
    var event: [UInt8]?
    /// The publisher, if it is known.
    var user: UserName?
    /// False if the publisher's own subscriptions shall not get it.
    var echo = true
    /// A publish with a key that was used within the last minutes is not made again.
    var idempotencyKey: [UInt8]?
    /// Milliseconds for which it stays in the channel's history; `nil`: as long as that.
    var timeToLive: Int64?
}
