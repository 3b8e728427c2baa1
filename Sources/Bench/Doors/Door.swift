import Client

/// Which of the server's doors a run uses.
public enum Door: String, Sendable, CaseIterable {
    /// `/ws`: JSON frames.
    case native
    /// `/channels/{c}/socket`: bare text.
    case plain
    /// `/channels/{c}/events`: Server-Sent Events.
    case events
    /// `/socket.io/` over a WebSocket from the first.
    case socketIO = "socketio"
    /// `/socket.io/` by HTTP long-polling.
    case polling

    /// Publishers use a WebSocket of the server's own in any case.
    var publishing: Door { self == .plain ? .plain : .native }

    func path(channel: String) -> String {
        switch self {
        case .native: DoorPath.native
        case .plain: DoorPath.plain(channel: channel)
        case .events: DoorPath.events(channel: channel)
        case .socketIO: SocketIOGreeting.path + "&transport=websocket"
        case .polling: SocketIOGreeting.path + "&transport=polling"
        }
    }

    /// How what it sends is divided.
    var framing: Framing {
        switch self {
        case .native, .plain, .socketIO: .webSocket
        case .events: .events
        case .polling: .records
        }
    }

    var form: MessageCheck.Form {
        switch self {
        case .native: .native
        case .plain: .plain
        case .events: .event
        case .socketIO, .polling: .socketIO
        }
    }
}
