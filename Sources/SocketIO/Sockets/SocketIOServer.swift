import EventLoop
import Front
import Hub
import Wire

/// The server's side of Socket.IO protocol 5 over Engine.IO protocol 4, on a front.
/// https://github.com/socketio/socket.io-protocol
///
/// Its owner is the front's handler, and passes on to it what is for its URL. Confined to its worker's thread.
public final class SocketIOServer {
    public let settings: SocketIOSettings
    unowned let handler: any SocketIOHandler
    let front: Front
    /// By namespace, and for each by transport.
    private let formats: [[SocketIOFormat]]

    /// - Parameters:
    ///   - front: must outlive the server, like `loop`.
    ///   - handler: unowned; it owns the server.
    public init(front: Front, loop: EventLoop, settings: SocketIOSettings, handler: any SocketIOHandler) {
        self.front = front
        self.settings = settings
        self.handler = handler
        formats = settings.namespaces.map { namespace in
            EngineIOTransport.allCases.map { SocketIOFormat(namespace: namespace, transport: $0) }
        }
    }

    /// The format for messages out of the hub: the same object for all sockets of a namespace and a transport.
    public func format(_ view: UInt8, _ transport: EngineIOTransport) -> SocketIOFormat {
        formats[Int(view)][Int(transport.rawValue)]
    }

    /// Decides on a request by its head: `FrontHandler.admit`. The URL is not looked at, but for its query.
    public func admit(_ head: HTTPRequestHead) throws(HTTPError) -> Admission {
        .request(maximumBody: settings.engine.maximumPayload)
    }

    /// A whole request that was admitted: `FrontHandler.handle`.
    public func handle(_ request: HTTPRequest) {}

    /// `FrontHandler.requestAbandoned`. A connection whose request was not handed to this server is let by.
    public func requestAbandoned(by connection: ConnectionID) {}

    /// Ends every session, and opens no more. `disconnected` is called for each socket.
    public func stop() {}

    /// Lets go of the loop. Required before that is closed; what is open is forgotten.
    public func close() {}

    /// Clients that are connected to the server, to whatever namespaces.
    public var clientCount: Int { 0 }

    /// The connected socket of that id.
    public func socket(_ id: String, in namespace: String) -> SocketIOSocket? { nil }

    /// Emits an event to many sockets of this worker, written once for each transport.
    /// - Parameters:
    ///   - rooms: those in at least one of them get it, once; `nil` for the whole namespace.
    ///   - excluded: sockets' ids, or rooms.
    public func emit(
        _ event: String, _ arguments: Span<UInt8>, attachments: [[UInt8]] = [], in namespace: String,
        to rooms: [String]? = nil, except excluded: [String] = []
    ) {}

    /// The connected sockets of a namespace that are in at least one of the rooms; all, for `nil`.
    public func sockets(in namespace: String, rooms: [String]? = nil) -> [SocketIOSocket] { [] }
}
