import Hub
import Wire

/// One client, which may be connected to several namespaces. Confined to its worker's thread.
public final class SocketIOClient {
    let engine: EngineIOClient
    unowned let server: SocketIOServer

    init(_ engine: EngineIOClient, server: SocketIOServer) {
        self.engine = engine
        self.server = server
    }

    /// Who it is in the hub at present.
    public var connection: ConnectionID { engine.connection }
    public var transport: EngineIOTransport { engine.transport }
    /// The request that opened its session.
    public var head: HTTPRequestHead { engine.head }
    /// Those that were accepted and are not gone.
    public var sockets: [SocketIOSocket] { [] }

    /// Ends the client's session and with it all its sockets; what was sent before goes out first.
    public func close() { engine.close() }

    /// Takes no more from the client until `resumeReading`. A packet that is being handled, and for a polling client
    /// those that came with it, are handled still.
    public func holdReading() { engine.holdReading() }

    public func resumeReading() { engine.resumeReading() }
}
