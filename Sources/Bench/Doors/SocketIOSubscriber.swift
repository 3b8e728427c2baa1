import EventLoop
import Wire

/// A subscriber by Socket.IO over a WebSocket.
final class SocketIOSubscriber: BenchSubscriber {
    let index: Int
    private var connection: BenchConnection?
    private var greeting: SocketIOGreeting
    private unowned let owner: any BenchConnectionOwner

    init(_ index: Int, on loop: EventLoop, _ target: Target, channel: String, owner: any BenchConnectionOwner)
    {
        self.index = index
        self.owner = owner
        greeting = SocketIOGreeting(channel: channel)
        connection = BenchConnection(
            index, on: loop, target, path: target.door.path(channel: channel), owner: self)
    }

    var isOpen: Bool { greeting.isReady && connection?.isOpen == true }

    func connect() { connection?.connect() }

    func close() { connection?.close() }

    func control(_ frame: ServerFrameHead, _ bytes: Span<UInt8>) {
        guard frame.first == ServerFrameHead.wholeText else { connection?.control(frame, bytes); return }
        do throws(BenchError) {
            if let answer = try greeting.take(bytes.extracting(frame.start..<frame.end)) {
                connection?.sendText(answer)
            }
        } catch {
            close()
            owner.connectionClosed(self, error.description)
        }
    }
}

extension SocketIOSubscriber: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {}

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        while !greeting.isReady, let frame = ServerFrameHead(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            control(frame, bytes)
            guard connection.isOpen else { return }
            if greeting.isReady { owner.connectionOpened(self) }
        }
        if isOpen { owner.connectionReceived(self, bytes, &position) }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) {
        owner.connectionClosed(self, reason)
    }
}
