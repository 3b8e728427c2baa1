import Front
import Hub
import Wire

/// One client's Engine.IO session, over whichever transport. Confined to its worker's thread.
public final class EngineIOClient {
    /// Known to the client and the server only: whoever has it can speak for the client.
    public let id: String
    /// The request that opened the session.
    public let head: HTTPRequestHead
    /// Who it is in the hub at present. It changes with the transport.
    public internal(set) var connection: ConnectionID
    public internal(set) var transport: EngineIOTransport

    init(id: String, head: HTTPRequestHead, connection: ConnectionID, transport: EngineIOTransport) {
        self.id = id
        self.head = head
        self.connection = connection
        self.transport = transport
    }

    /// Sends a message of text. Over polling it must not contain 0x1E.
    public func send(_ text: Span<UInt8>) {}

    /// Sends a message of bytes.
    public func send(binary: Span<UInt8>) {}

    /// Sends packets that `EngineIOEncoder` has written for the present transport.
    public func send(encoded packets: Span<UInt8>) {}

    /// Ends the session; what was sent before goes out first.
    public func close() {}

    /// Takes no more from the client until `resumeReading`: its WebSocket is not read, the answer to its POST waits.
    public func holdReading() {}

    public func resumeReading() {}
}
