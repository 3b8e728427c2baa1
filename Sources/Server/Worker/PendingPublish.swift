import Hub
import Wire

/// A publish that the broker has not answered yet: who is to be told.
struct PendingPublish {
    enum Origin {
        case native(ConnectionID, NativeReference)
        case plain(ConnectionID)
        case socketIO(ConnectionID, RelayAnswer)
        case http(ConnectionID)

        var connection: ConnectionID {
            switch self {
            case .native(let connection, _), .plain(let connection), .socketIO(let connection, _),
                .http(let connection):
                connection
            }
        }
    }

    let origin: Origin
    /// The answer, once it is there; kept back only while earlier publishes have none.
    var isAnswered = false
}
