/// One worker's share of a `ListenPoint`.
public struct Listener: Sendable {
    /// A listening socket, which is its owner's to close.
    public let descriptor: Int32
    public let isSecure: Bool
    public let expectsProxyHeader: Bool

    public init(descriptor: Int32, _ point: ListenPoint) {
        self.descriptor = descriptor
        isSecure = point.isSecure
        expectsProxyHeader = point.expectsProxyHeader
    }
}
