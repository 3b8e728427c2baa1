import Hub
import SocketIO
import Wire

/// What the protocol's test suite asks of a server, and what the tests with real clients ask besides:
///
/// | event | what is done |
/// | --- | --- |
/// | `message` | `message-back` with the same arguments |
/// | `message-with-ack` | acknowledged with the same arguments |
/// | `ask` | emits `question` with the same arguments; the answer to that comes back as `answer` |
/// | `join`, `leave` | a room, whose name follows |
/// | `tell` | `told` with the further arguments to everybody in the room, whose name comes first, but the sender |
/// | `flood` | so many events `drop`, of so many bytes each |
/// | `disconnect-me`, `close-me` | the socket, or the whole session, is ended |
final class SocketEcho: SocketIOHandler {
    static let refusedNamespace = "/refused"

    weak var server: SocketIOServer?

    func connect(
        _ socket: SocketIOSocket, auth: Span<UInt8>, decide: @escaping (SocketIODecision) -> Void
    ) {
        guard socket.namespace != Self.refusedNamespace else {
            return decide(.refuse(message: "not allowed", data: Array(#"{"code":7}"#.utf8)))
        }
        decide(.accept)
        socket.emit("auth", auth)
    }

    func event(
        _ name: [UInt8], _ arguments: SocketIOArguments, in packet: Span<UInt8>, from socket: SocketIOSocket,
        acknowledgement: SocketIOAcknowledgement?
    ) {
        let all = packet.extracting(arguments.range)
        switch String(decoding: name, as: UTF8.self) {
        case "message": socket.emit("message-back", all, attachments: arguments.attachments)
        case "message-with-ack": acknowledgement?.answer(all, attachments: arguments.attachments)
        case "ask":
            socket.emit("question", all, attachments: arguments.attachments) { answer, text in
                socket.emit("answer", text.extracting(answer.range), attachments: answer.attachments)
            }
        case "join", "leave", "tell": room(name, arguments, packet, socket)
        case "flood": flood(arguments, packet, socket)
        case "disconnect-me": socket.disconnect()
        case "close-me": socket.disconnect(close: true)
        default: break
        }
    }

    private func room(
        _ name: [UInt8], _ arguments: SocketIOArguments, _ packet: Span<UInt8>, _ socket: SocketIOSocket
    ) {
        guard let text = arguments.values.first?.string(in: packet) else { return }
        let room = String(decoding: text, as: UTF8.self)
        switch String(decoding: name, as: UTF8.self) {
        case "join": socket.join(room)
        case "leave": socket.leave(room)
        default:
            let rest = SocketIOArguments(values: Array(arguments.values.dropFirst()))
            server?.emit(
                "told", packet.extracting(rest.range), in: socket.namespace, to: [room], except: [socket.id])
        }
    }

    private func flood(_ arguments: SocketIOArguments, _ packet: Span<UInt8>, _ socket: SocketIOSocket) {
        let numbers = arguments.values.compactMap { $0.integer(in: packet) }
        guard numbers.count == 2, let count = Int(exactly: numbers[0]), let size = Int(exactly: numbers[1])
        else {
            return
        }
        let quote = [UInt8(ascii: "\"")]
        let text = quote + [UInt8](repeating: UInt8(ascii: "x"), count: size) + quote
        for _ in 0..<count { socket.emit("drop", text.span) }
    }

    func disconnected(_ socket: SocketIOSocket, _ reason: SocketIODisconnectReason) {}

    func moved(_ client: SocketIOClient, from old: ConnectionID, to new: ConnectionID) {}
}
