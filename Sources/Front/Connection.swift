import EventLoop
import Hub
import Limits
import Wire

/// One accepted socket, from its first byte to its end. Confined to its worker's thread.
final class Connection {
    enum Phase {
        case http
        case webSocket
        /// A response that does not end.
        case stream
        /// What comes is passed on to another connection, and the other way round.
        case tunnel
        /// Nothing more is read or answered: what is owed goes out, then the end.
        case closing
    }

    /// Why a socket is not being read. It is read while there is none.
    struct PauseReasons: OptionSet {
        let rawValue: UInt8
        /// A request waits for its answer, and more bytes are there already.
        static let answering = PauseReasons(rawValue: 1)
        /// The peer does not take what it is sent. (Also, libwebsockets would spin on its unread bytes.)
        static let blocked = PauseReasons(rawValue: 2)
        /// The broker takes publishes more slowly than they come.
        static let congested = PauseReasons(rawValue: 4)
        /// Its session takes no more for now.
        static let session = PauseReasons(rawValue: 8)
        /// It has kept the worker busy, and others come first.
        static let turn = PauseReasons(rawValue: 16)
    }

    let id: ConnectionID
    let socket: SocketContext.Socket
    let peer: PeerAddress
    /// Its place among the connections of its address, where that is counted.
    var claim: ConnectionClaim?
    /// What it takes up besides until its end begins.
    var places: [ConnectionClaim] = []
    var phase = Phase.http
    var pauses: PauseReasons = []
    /// The end has been announced to the peer: only its own end, or the deadline, is waited for.
    var isShutDown = false

    /// Loop time, in ms, by which something must have happened; what, depends on the phase.
    var deadline: UInt64
    /// A sign of life was due and has not come: a pong, or that a full socket takes something.
    var isSuspect = false

    /// Received and not handled yet, while others have their turn, or its session takes no more. At most one read's worth.
    var unhandled: [UInt8] = []

    /// While it speaks HTTP.
    var exchange: HTTPExchange?
    /// Once it is a WebSocket.
    var decoder: WebSocketDecoder?
    var socketSession: (any SocketSession)?
    /// Once it is a stream.
    var streamSession: (any StreamSession)?
    /// The request, until its stream has begun.
    var streamHead: HTTPRequestHead?
    /// Once it is one end of a tunnel: the other.
    var partner: ConnectionID?
    var session: (any ConnectionSession)? { socketSession ?? streamSession }

    init(
        id: ConnectionID, socket: SocketContext.Socket, peer: PeerAddress, deadline: UInt64,
        exchange: HTTPExchange
    ) {
        self.id = id
        self.socket = socket
        self.peer = peer
        self.deadline = deadline
        self.exchange = exchange
    }

    /// Takes its session away, to be told of the end.
    func takeSession() -> (any ConnectionSession)? {
        defer {
            socketSession = nil
            streamSession = nil
        }
        return session
    }
}
