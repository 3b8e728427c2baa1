import EventLoop
import Front
import Hub
import Wire

/// The server's side of Engine.IO protocol 4 on a front: sessions over HTTP long-polling and WebSocket.
/// https://github.com/socketio/engine.io-protocol
///
/// Its owner is the front's handler, and passes on to it what is for its URL. Confined to its worker's thread.
public final class EngineIOServer {
    public let settings: EngineIOSettings
    unowned let front: Front
    unowned let loop: EventLoop
    unowned let handler: any EngineIOHandler

    /// - Parameters:
    ///   - front: unowned; it must outlive the server, like `loop`.
    ///   - handler: unowned; it owns the server.
    public init(front: Front, loop: EventLoop, settings: EngineIOSettings, handler: any EngineIOHandler) {
        self.front = front
        self.loop = loop
        self.settings = settings
        self.handler = handler
    }

    /// Decides on a request by its head: `FrontHandler.admit`.
    public func admit(_ head: HTTPRequestHead) throws(HTTPError) -> Admission {
        .request(maximumBody: settings.maximumPayload)
    }

    /// A whole request that was admitted: `FrontHandler.handle`.
    public func handle(_ request: HTTPRequest) {}

    /// `FrontHandler.requestAbandoned`. A connection whose request was not handed to this server is let by.
    public func requestAbandoned(by connection: ConnectionID) {}

    /// Ends every session, and opens no more.
    public func stop() {}

    /// Lets go of the loop. Required before that is closed; sessions are forgotten.
    public func close() {}

    /// Sessions that are open.
    public var clientCount: Int { 0 }
}
