/// What a `RedisLink` tells its owner, on the loop's thread.
protocol RedisLinkDelegate: AnyObject {
    /// Connected and logged in: commands may be sent.
    func linkReady(_ link: RedisLink)

    /// The connection is gone, or could not be made, and is being made again.
    /// - Parameters:
    ///   - retryIn: milliseconds until the next attempt.
    ///   - unanswered: the tokens of the commands that will have no reply, in order.
    func linkLost(_ link: RedisLink, reason: String, retryIn: UInt64, unanswered: [UInt64])

    /// A reply: in command mode the answer to the command that was sent with `token`; in subscriber mode a push.
    func linkReceived(_ link: RedisLink, _ reply: borrowing RespReply, token: UInt64)

    /// All that was sent has gone to the system.
    func linkDrained(_ link: RedisLink)
}
