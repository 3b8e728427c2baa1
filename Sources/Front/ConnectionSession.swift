import Hub

/// One client behind a connection that stays open. Confined to its worker's thread.
public protocol ConnectionSession: AnyObject {
    /// The connection is open; `connection` is who it is from now on.
    func opened(_ connection: ConnectionID)

    /// The socket, which was full, takes all again.
    func drained()

    /// The connection is gone, or closing: nothing can be sent any more. Called once, if `opened` was.
    func closed()
}

extension ConnectionSession {
    public func drained() {}
}
