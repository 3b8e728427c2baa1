/// A session that ends with its token. Confined to its worker's thread.
protocol ExpiringSession: AnyObject {
    /// The token with which the client came counts no more, and no other has come.
    func tokenExpired()
}
