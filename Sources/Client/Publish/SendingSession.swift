/// A session that sends a message, or lines until the input ends. Confined to its loop's thread.
public protocol SendingSession: AnyObject {
    /// Connects and sends. Call once.
    func start()

    /// Takes nothing more in: what was read is still sent and waited for, if the server is there. The second time it
    /// ends at once.
    func interrupt()
}
