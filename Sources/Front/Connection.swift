import Hub
import Wire

/// One accepted socket, from its first byte to its end. Confined to its worker's thread.
final class Connection {
    enum Phase {
        case http
        case webSocket
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
    }

    let id: ConnectionID
    let socket: SocketContext.Socket
    var phase = Phase.http
    var pauses: PauseReasons = []
    /// The end has been announced to the peer: only its own end, or the deadline, is waited for.
    var isShutDown = false

    /// Loop time, in ms, by which something must have happened; what, depends on the phase.
    var deadline: UInt64
    /// A ping is out and nothing has come since.
    var awaitsPong = false

    /// While it speaks HTTP.
    var exchange: HTTPExchange?
    /// Once it is a WebSocket.
    var decoder: WebSocketDecoder?
    var session: (any SocketSession)?

    init(id: ConnectionID, socket: SocketContext.Socket, deadline: UInt64, exchange: HTTPExchange) {
        self.id = id
        self.socket = socket
        self.deadline = deadline
        self.exchange = exchange
    }
}
