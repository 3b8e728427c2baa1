import Client
import EventLoop
import Wire

/// Publishes over one of the server's WebSocket doors. The native one acknowledges each message, the plain one none.
final class DoorPublisher: Publisher {
    private let door: Door
    private unowned let owner: any PublisherOwner
    private var connection: BenchConnection?
    private var template: MessageTemplate
    private var random = SystemRandomNumberGenerator()
    private var outgoing: [UInt8] = []
    private(set) var unanswered = 0

    /// - Parameter channel: where a plain door's messages go; a plain door has one channel only.
    init(_ target: Target, on loop: EventLoop, _ traffic: Traffic, channel: Int, owner: any PublisherOwner) {
        door = target.door.publishing
        self.owner = owner
        template = door == .native ? .command(traffic) : .text(traffic)
        connection = BenchConnection(
            0, on: loop, target, path: door.path(channel: traffic.channelName(channel)), owner: self)
    }

    func connect() { connection?.connect() }

    func publish(_ stamp: Stamp) {
        template.set(stamp)
        WebSocketEncoder.appendMaskedFrame(.text, template.bytes.span, key: random.next(), to: &outgoing)
        if door == .native { unanswered += 1 }
    }

    func flush() {
        guard !outgoing.isEmpty else { return }
        connection?.write(outgoing)
        outgoing.removeAll(keepingCapacity: true)
    }

    func close() { connection?.close() }
}

extension DoorPublisher: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) { owner.publisherOpened() }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        while let frame = ServerFrameHead(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            guard frame.first == ServerFrameHead.wholeText else {
                connection.control(frame, bytes)
                if !connection.isOpen { return }
                continue
            }
            // A plain door's own messages come back; they are of no interest here.
            if door == .plain { continue }
            let payload = bytes.extracting(frame.start..<frame.end)
            switch try? ServerFrame(payload) {
            case .published: unanswered -= 1
            case .error(let code, let text, _):
                owner.publisherFailed("the server answered: \(text) (\(code))")
            default: continue
            }
        }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) {
        owner.publisherFailed(reason)
    }
}
