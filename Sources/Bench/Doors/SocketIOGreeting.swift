import Wire

/// What a Socket.IO client (protocol 5 on Engine.IO 4) says before messages come: a pure state machine. Ready when the
/// server has taken the subscription.
struct SocketIOGreeting {
    static let path = "/socket.io/?EIO=4"

    private enum State {
        case opening
        case connecting
        case subscribing
        case ready
    }

    private let channel: String
    private var state = State.opening

    init(channel: String) { self.channel = channel }

    var isReady: Bool { if case .ready = state { true } else { false } }

    /// Takes a packet; what to answer.
    mutating func take(_ packet: Span<UInt8>) throws(BenchError) -> [UInt8]? {
        if packet.equals("2") { return Array("3".utf8) }
        switch state {
        case .opening where packet.starts(with: "0{"):
            state = .connecting
            return Array("40".utf8)
        case .connecting where packet.starts(with: "40"):
            state = .subscribing
            var text = Array(#"420["subscribe","#.utf8)
            JSON.appendString(channel, to: &text)
            return text + Array("]".utf8)
        case .subscribing where packet.starts(with: "430"):
            guard !packet.starts(with: #"430[{"error""#) else { throw Self.unexpected(packet) }
            state = .ready
            return nil
        // Messages of the channel that everybody is in.
        case .subscribing where packet.starts(with: "42"), .ready: return nil
        default: throw Self.unexpected(packet)
        }
    }

    private static func unexpected(_ packet: Span<UInt8>) -> BenchError {
        let text = String(decoding: [UInt8](copying: packet).prefix(200), as: UTF8.self)
        return BenchError("the server answered in the Socket.IO handshake: \(text)")
    }
}
