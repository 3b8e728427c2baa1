import Hub
import Wire

/// One client's connection to one namespace. Confined to its worker's thread.
public final class SocketIOSocket {
    /// Told to the client; not the id of its session.
    public let id: String
    public let namespace: String
    /// The namespace's index in the settings: as which of its views the client subscribes in the hub.
    public let view: UInt8
    public let client: SocketIOClient
    /// From the decision to accept it to its end.
    public internal(set) var isConnected = false
    /// Whatever the handler wants to keep with it.
    public var context: AnyObject?

    /// Those of its events that wait for an answer.
    var pending: PendingAcknowledgements<(SocketIOArguments, Span<UInt8>) -> Void>

    init(id: String, namespace: String, view: UInt8, client: SocketIOClient) {
        self.id = id
        self.namespace = namespace
        self.view = view
        self.client = client
        pending = PendingAcknowledgements(maximum: client.server.settings.maximumPending)
    }

    /// How messages out of the hub are written for it at present.
    public var format: SocketIOFormat { client.server.format(view, client.transport) }

    /// Emits an event to the client. Nothing happens if it is gone.
    /// - Parameters:
    ///   - event: none of `SocketIOEventName.reserved`, which clients do not hear.
    ///   - arguments: JSON values with commas between them; empty for none. Where an attachment belongs it has
    ///     `{"_placeholder":true,"num":N}`.
    ///   - attachments: numbered from 0.
    ///   - acknowledged: asks for an answer. Called once with it, or never. The span is what the ranges are of.
    public func emit(
        _ event: String, _ arguments: Span<UInt8>, attachments: [[UInt8]] = [],
        acknowledged: ((SocketIOArguments, Span<UInt8>) -> Void)? = nil
    ) {
        guard isConnected else { return }
        let id = acknowledged.map { pending.add($0) }
        var bytes: [UInt8] = []
        SocketIOEncoder.appendEvent(
            namespace, event, arguments, attachments: attachments, id: id, for: client.transport, to: &bytes)
        client.engine.send(encoded: bytes.span)
    }

    /// Tells the client that it is not connected to the namespace any more. `disconnected` is called before this
    /// returns.
    /// - Parameter close: its session is ended too.
    public func disconnect(close: Bool = false) {
        client.disconnect(self)
        if close { client.close() }
    }

    /// Rooms are names for sockets of a namespace, on this worker; each socket is in the room of its own id.
    public func join(_ room: String) {
        if isConnected { client.server.rooms[Int(view)].join(id, room) }
    }

    public func leave(_ room: String) { client.server.rooms[Int(view)].leave(id, room) }

    /// Without that of its id.
    public var rooms: Set<String> { client.server.rooms[Int(view)].rooms(of: id) }
}
