import Client
import TestSupport
import Wire

/// The server's side of a WebSocket connection, played by a test, on a `SocketServer`'s thread.
struct ScriptedServer {
    let peer: SocketPeer
    private var input: [UInt8] = []
    private var decoder = WebSocketDecoder(role: .server, maximumMessageSize: 1 << 20)

    /// Reads the upgrade request and answers it; `fields` replaces the answer's good fields.
    init(_ peer: SocketPeer, fields: String? = nil) {
        self.peer = peer
        let request = Self.readRequest(peer)
        let key =
            request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19)
            ?? ""
        let accept = String(decoding: WebSocketHandshake.accept(forKey: Array(key.utf8).span), as: UTF8.self)
        let good = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n"
        peer.write("HTTP/1.1 101 Switching Protocols\r\n\(fields ?? good)\r\n")
    }

    static func readRequest(_ peer: SocketPeer) -> String {
        var request = ""
        while !request.hasSuffix("\r\n\r\n") {
            let byte = peer.read(atMost: 1)
            if byte.isEmpty { break }
            request += String(decoding: byte, as: UTF8.self)
        }
        return request
    }

    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        var frame: [UInt8] = []
        WebSocketEncoder.appendFrame(opcode, payload.span, to: &frame)
        peer.write(frame)
    }

    func send(_ text: String) { send(.text, Array(text.utf8)) }

    func close(_ code: CloseCode) {
        var frame: [UInt8] = []
        WebSocketEncoder.appendClose(code, reason: "", to: &frame)
        peer.write(frame)
    }

    /// The next message's text, `(ping)`, `(pong …)` or `(close …)`; `nil` when the client has gone.
    mutating func receive() -> String? {
        while true {
            var position = 0
            var bytes = input
            var span = bytes.mutableSpan
            let event: WebSocketDecoder.Event
            do { event = try decoder.next(&span, &position) } catch { return "(\(error.reason))" }
            input.removeFirst(position)
            func text(_ payload: WebSocketDecoder.Payload) -> String {
                switch payload {
                case .input(let range): String(decoding: bytes[range], as: UTF8.self)
                case .assembled: String(decoding: decoder.assembled, as: UTF8.self)
                case .control: String(decoding: decoder.control, as: UTF8.self)
                }
            }
            switch event {
            case .message(_, let payload): return text(payload)
            case .ping: return "(ping)"
            case .pong(let payload): return "(pong \(text(payload)))"
            case .close(let code): return "(close \(code ?? 0))"
            case .needsInput:
                let more = peer.read()
                if more.isEmpty { return nil }
                input += more
            }
        }
    }
}
