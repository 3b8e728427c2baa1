/// What a `WorkSession` tells its owner, on the loop's thread.
public protocol WorkSessionDelegate: AnyObject {
    /// A job to do: `WorkSession.report` says how it went. `frame` is the whole native frame, valid during the call only.
    func workReceived(_ job: QueueJob, frame: Span<UInt8>)

    /// The server knows of this worker. Again after each reconnection.
    func workReady()

    /// The jobs of one read have been handed over.
    func workPaused()

    /// Something the user should know; the session goes on.
    func workNotice(_ text: String)

    /// The session has ended: `nil` after `drain()` or `close()`. Jobs that are not reported yet have gone back to the
    /// queue. Called once.
    func workEnded(_ error: ClientError?)
}
