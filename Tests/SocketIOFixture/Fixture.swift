import EventLoop
import Front
import Hub
import SocketIO
import Wire

/// One front with both servers behind it. Confined to the loop's thread.
final class Fixture: FrontHandler {
    private let loop: EventLoop
    private var madeFront: Front?
    private let engineEcho = EngineEcho()
    private let socketEcho = SocketEcho()
    private lazy var engine = EngineIOServer(
        front: front, loop: loop, settings: settings.engine, handler: engineEcho)
    private lazy var sockets = SocketIOServer(
        front: front, loop: loop, settings: settings, handler: socketEcho)
    private let settings: SocketIOSettings
    private var goodbye: LoopTimer?

    init(on loop: EventLoop, pingInterval: UInt64, pingTimeout: UInt64) throws(LoopError) {
        self.loop = loop
        var settings = SocketIOSettings()
        settings.engine.pingInterval = pingInterval
        settings.engine.pingTimeout = pingTimeout
        settings.engine.maximumPayload = 1_000_000
        settings.connectTimeout = 1_000
        settings.namespaces = ["/", "/custom", SocketEcho.refusedNamespace]
        self.settings = settings
        madeFront = try Front(on: loop, settings: FrontSettings(), handler: self)
        socketEcho.server = sockets
        loop.onTurnEnd { [unowned self] in front.flush() }
    }

    var front: Front {
        // Set in `init`, never reset.
        guard let madeFront else { preconditionFailure("asked for the front while it is being made") }
        return madeFront
    }

    /// Tells every client, gives them a moment to hear it, and ends the loop.
    func stop() {
        guard goodbye == nil else { return }
        engine.stop()
        sockets.stop()
        front.beginGoodbye()
        for client in front.openSessions { front.sayGoodbye(to: client) }
        let goodbye = LoopTimer(on: loop) { [unowned self] in close() }
        goodbye.start(after: 100)
        self.goodbye = goodbye
    }

    private func close() {
        goodbye?.close()
        engine.close()
        sockets.close()
        front.close()
        loop.onTurnEnd(nil)
        loop.stop()
    }

    // MARK: The front's handler

    private enum Path {
        case engine
        case sockets

        init(_ head: HTTPRequestHead) throws(HTTPError) {
            switch String(decoding: head.path, as: UTF8.self) {
            case "/engine.io/": self = .engine
            case "/socket.io/": self = .sockets
            default: throw HTTPError(.notFound, .notFound, "here are /engine.io/ and /socket.io/")
            }
        }
    }

    func admit(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission {
        switch try Path(head) {
        case .engine: try engine.admit(head, from: peer)
        case .sockets: try sockets.admit(head, from: peer)
        }
    }

    func handle(_ request: HTTPRequest) {
        do throws(HTTPError) {
            switch try Path(request.head) {
            case .engine: engine.handle(request)
            case .sockets: sockets.handle(request)
            }
        } catch {
            front.respond(to: request.connection, HTTPResponse(error))
        }
    }

    func headers(for head: HTTPRequestHead) -> [HTTPHeader] {
        [HTTPHeader("Access-Control-Allow-Origin", "*")]
    }

    func requestAbandoned(by connection: ConnectionID) {
        engine.requestAbandoned(by: connection)
        sockets.requestAbandoned(by: connection)
    }

    func topicOrphaned(_ topic: Topic) {}
}
