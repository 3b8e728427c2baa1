import Wire

/// What a `SubscribeSession` tells its owner, on the loop's thread.
public protocol SubscribeSessionDelegate: AnyObject {
    /// A message of one of the topics. `frame` is the whole native frame, valid during the call only.
    func sessionReceived(frame: Span<UInt8>, data: JSONValue, isBinary: Bool)

    /// All topics are subscribed: what is published from now on arrives. Again after each reconnection.
    func sessionSubscribed()

    /// The frames of one read have been handed over: the time to write what they gave.
    func sessionPaused()

    /// Something the user should know; the session goes on.
    func sessionNotice(_ text: String)

    /// The session has ended: `nil` when every topic was stopped or `close()` was called. Called once.
    func sessionEnded(_ error: ClientError?)
}
