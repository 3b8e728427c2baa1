import Client
import EventLoop
import Wire

/// One WebSocket connection of a load generator: as little per read as can be, and nothing per frame. Confined to its
/// loop's thread.
///
/// Differs from `WebSocketClient` in leaving frames to its owner, in the read buffer, and in that its handshake uses
/// one fixed key: this is a measuring tool that talks to a server of its user's.
final class BenchConnection: BenchSubscriber {
    let index: Int
    private(set) var isOpen = false

    private let url: ServerURL
    private let tls: TLSClientSettings?
    private let upgrade: WebSocketUpgrade
    private let stream: ByteStream
    private unowned let owner: any BenchConnectionOwner
    private var head: HTTPResponseHeadParser? = HTTPResponseHeadParser()
    /// The beginning of a frame whose rest has not come.
    private var partial: [UInt8] = []

    /// - Parameter index: the owner's number for it.
    init(_ index: Int, on loop: EventLoop, _ target: Target, path: String, owner: any BenchConnectionOwner) {
        self.index = index
        self.owner = owner
        url = target.url
        tls = target.tls
        upgrade = WebSocketUpgrade(
            target.url, path: path, token: target.token, key: [UInt8](repeating: 0x52, count: 16))
        stream = ByteStream(on: loop)
    }

    func connect() {
        stream.delegate = self
        stream.connect(to: url.endpoint, tls: tls)
    }

    /// Writes bytes that are whole frames, masked as a client's must be.
    func write(_ frames: consuming [UInt8]) { stream.write(frames) }

    func sendText(_ payload: [UInt8]) {
        var frame: [UInt8] = []
        WebSocketEncoder.appendMaskedFrame(.text, payload.span, key: .random(in: .min ... .max), to: &frame)
        stream.write(frame)
    }

    var unsentBytes: Int { stream.unsentBytes }

    /// Ends it at once.
    func close() {
        isOpen = false
        stream.close()
    }

    /// Handles a ping or close frame; any other control frame is ignored.
    func control(_ frame: ServerFrameHead, _ bytes: Span<UInt8>) {
        let payload = [UInt8](copying: bytes.extracting(frame.start..<frame.end))
        switch frame.first & 0x0F {
        case WebSocketOpcode.ping.rawValue:
            var pong: [UInt8] = []
            WebSocketEncoder.appendMaskedFrame(
                .pong, payload.span, key: .random(in: .min ... .max), to: &pong)
            stream.write(pong)
        case WebSocketOpcode.close.rawValue:
            let code = payload.count >= 2 ? "\(Int(payload[0]) << 8 | Int(payload[1]))" : "no code"
            let reason = payload.count > 2 ? ": " + String(decoding: payload[2...], as: UTF8.self) : ""
            fail("the server closed a connection (\(code)\(reason))")
        default: return
        }
    }

    private func fail(_ reason: String) {
        close()
        owner.connectionClosed(self, reason)
    }
}

extension BenchConnection: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) { stream.write(upgrade.request) }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        var position = 0
        if head != nil {
            guard readHead(bytes, &position) else { return }
        }
        while position < bytes.count, !partial.isEmpty {
            completeFrame(bytes, &position)
            guard isOpen else { return }
        }
        owner.connectionReceived(self, bytes, &position)
        guard isOpen, position < bytes.count else { return }
        partial.append(copying: bytes, position..<bytes.count)
        if let frame = ServerFrameHead(partial.span, at: 0) {
            if frame.isTooLarge { fail("the server sent a frame that is too large, or masked") }
        }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        let wasOpen = isOpen
        isOpen = false
        let reason =
            error?.description
            ?? "\(url) closed a connection \(wasOpen ? "without a close frame" : "in its handshake")"
        owner.connectionClosed(self, reason)
    }

    /// True once the handshake is done; `position` is then behind the response's head.
    private func readHead(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        do throws(HTTPResponseHeadError) {
            guard let head = try head?.parse(bytes, &position) else { return false }
            guard head.status == 101 else {
                fail("\(url) refused a connection: \(head.status) \(head.reason)")
                return false
            }
            if let problem = upgrade.problem(with: head) {
                fail("cannot connect to \(url): \(problem)")
                return false
            }
        } catch {
            fail("cannot connect to \(url): \(error)")
            return false
        }
        head = nil
        isOpen = true
        owner.connectionOpened(self)
        return isOpen
    }

    /// Moves as many bytes to `partial` as its frame wants, and hands it over when it is whole.
    private func completeFrame(_ bytes: Span<UInt8>, _ position: inout Int) {
        // A head that is still split gets one byte at a time: it has ten at most.
        let wanted = ServerFrameHead(partial.span, at: 0).map { $0.end - partial.count } ?? 1
        let taken = min(max(wanted, 0), bytes.count - position)
        partial.append(copying: bytes, position..<(position + taken))
        position += taken
        guard let frame = ServerFrameHead(partial.span, at: 0) else { return }
        if frame.isTooLarge { return fail("the server sent a frame that is too large, or masked") }
        guard frame.end == partial.count else { return }
        let whole = partial
        partial.removeAll(keepingCapacity: whole.count <= 4096)
        var used = 0
        owner.connectionReceived(self, whole.span, &used)
    }
}
