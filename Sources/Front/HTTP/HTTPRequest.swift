import EventLoop
import Hub
import Wire

/// A whole request, and whom to answer.
public struct HTTPRequest: Sendable {
    public let connection: ConnectionID
    public let peer: PeerAddress
    public let head: HTTPRequestHead
    public let body: [UInt8]
}
