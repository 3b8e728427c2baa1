/// A session that ends with its token. Confined to its worker's thread.
protocol ExpiringSession: AnyObject {
    var identity: Identity { get }

    /// What the client was permitted counts no more: its token has ended, and no other has come. It may come again.
    /// - Parameter reason: for the client.
    func accessEnded(_ reason: String)
}
