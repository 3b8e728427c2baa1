import EventLoop
import Limits

/// A connection that a front is to take over.
public struct IncomingConnection: Sendable {
    /// Non-blocking, closed on `exec`; whoever gets this owns it.
    public let descriptor: Int32
    public let peer: PeerAddress
    /// A TLS handshake comes first.
    public let isSecure: Bool
    /// What was read of it already; nothing where a TLS handshake comes first.
    public let received: [UInt8]
    /// Its place among the connections of its address, where that is counted.
    var claim: ConnectionClaim?

    public init(descriptor: Int32, peer: PeerAddress, isSecure: Bool = false, received: [UInt8] = []) {
        self.descriptor = descriptor
        self.peer = peer
        self.isSecure = isSecure
        self.received = received
    }
}
