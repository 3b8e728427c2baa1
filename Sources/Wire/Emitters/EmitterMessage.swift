/// What a back end in Python says through Redis to the servers of its clients: python-socketio's `PubSubManager`, as
/// JSON (5.15.1 and later).
/// https://github.com/miguelgrinberg/python-socketio/blob/main/src/socketio/pubsub_manager.py
public enum EmitterMessage: Equatable, Sendable {
    /// An event for clients.
    case emit(Emission)
    /// A client's connection to a namespace is to end.
    case disconnect(socket: [UInt8], namespace: [UInt8])
    /// All clients are to leave a room.
    case closeRoom([UInt8])
    /// Anything else, with its method: what servers in Python tell each other.
    case other([UInt8])

    public struct Emission: Equatable, Sendable {
        public var event: [UInt8]
        public var data: Data
        public var namespace = SocketIOPacket.mainNamespace
        /// `nil` for all clients.
        public var rooms: [[UInt8]]?
        /// The ids of the sockets that do not get it.
        public var skipped: [[UInt8]] = []

        public init(event: [UInt8], data: Data) {
            self.event = event
            self.data = data
        }
    }

    public enum Data: Equatable, Sendable {
        /// One argument as it is, several as an array, none as `null`.
        case json([UInt8])
        /// One argument that is bytes.
        case bytes([UInt8])
    }
}
