import EventLoop
import Hub
import Limits
import Wire

/// What a worker's front asks of the application above it. All calls come on the worker's thread.
public protocol FrontHandler: AnyObject {
    /// Decides on a request by its head, before its body is read.
    func admit(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission

    /// A whole request that was admitted. Answered by `Front.respond`, now or later; until then no further request
    /// of the connection is read.
    func handle(_ request: HTTPRequest)

    /// Header fields that every answer to this request carries, whatever it is.
    func headers(for head: HTTPRequestHead) -> [HTTPHeader]

    /// The connection of a request that was handed over has ended before its answer.
    func requestAbandoned(by connection: ConnectionID)

    /// A subscription is held because its connection reads too slowly: to be filled up from the history.
    func subscriptionSpilled(_ subscription: SpilledSubscription)

    /// A topic has lost its last subscriber on this worker, because a connection ended.
    func topicOrphaned(_ topic: Topic)
}

extension FrontHandler {
    public func subscriptionSpilled(_ subscription: SpilledSubscription) {}
}

/// What is to become of a request.
public enum Admission {
    /// Read the body, at most this many bytes, then `handle`.
    /// `limit` is the setting that says how much that is, if one does.
    case request(maximumBody: Int, limit: Limit? = nil)
    /// Upgrade to a WebSocket with this session behind it, which takes up these places while it is open.
    case webSocket(any SocketSession, [ConnectionClaim] = [])
    /// Answer with what the session is owed, for as long as both sides like: it begins the response itself, by
    /// `Front.beginStream`. A body is not read.
    case stream(any StreamSession, [ConnectionClaim] = [])
    /// Leave the connection to another front, of another thread perhaps, for `Front.adopt`: with the bytes from the
    /// request's first on.
    case handOver((IncomingConnection) -> Void)
}
