import Client
import EventLoop
import Wire

/// A subscriber by Socket.IO over HTTP long-polling: one connection, one request after the other.
final class PollingSubscriber: BenchSubscriber {
    let index: Int
    private let target: Target
    private let path: String
    private let stream: ByteStream
    private unowned let owner: any BenchConnectionOwner
    private var greeting: SocketIOGreeting
    private var session = ""
    private var head: HTTPResponseHead?
    private var parser = HTTPResponseHeadParser()
    private var body: [UInt8] = []
    private var length = 0
    /// The answer under way is a poll's.
    private var isPoll = true
    /// What is to be posted before the next poll.
    private var outgoing: [[UInt8]] = []
    private var isClosed = false

    init(_ index: Int, on loop: EventLoop, _ target: Target, channel: String, owner: any BenchConnectionOwner)
    {
        self.index = index
        self.target = target
        self.owner = owner
        path = target.door.path(channel: channel)
        greeting = SocketIOGreeting(channel: channel)
        stream = ByteStream(on: loop)
    }

    var isOpen: Bool { greeting.isReady && !isClosed }

    func connect() {
        stream.delegate = self
        stream.connect(to: target.url.endpoint, tls: target.url.usesTLS ? TLSClientSettings() : nil)
    }

    func close() {
        isClosed = true
        stream.close()
    }

    func control(_ frame: ServerFrameHead, _ bytes: Span<UInt8>) {
        do throws(BenchError) {
            let packet = bytes.extracting(frame.start..<(frame.end - 1))
            if session.isEmpty { session = Self.session(in: packet) }
            if let answer = try greeting.take(packet) { outgoing.append(answer) }
        } catch {
            fail(error.description)
        }
    }

    private static func session(in packet: Span<UInt8>) -> String {
        guard packet.starts(with: "0{") else { return "" }
        let open = packet.extracting(1..<packet.count)
        let text = JSON.member("sid", of: open)?.string(in: open) ?? []
        return String(decoding: text, as: UTF8.self)
    }

    private func fail(_ reason: String) {
        guard !isClosed else { return }
        close()
        owner.connectionClosed(self, reason)
    }

    private func request() {
        head = nil
        parser = HTTPResponseHeadParser()
        body.removeAll(keepingCapacity: true)
        isPoll = outgoing.isEmpty
        let path = session.isEmpty ? path : path + "&sid=" + session
        if outgoing.isEmpty {
            stream.write(target.request("GET", path))
        } else {
            let body = Array(outgoing.joined(separator: [0x1E]))
            outgoing = []
            stream.write(target.request("POST", path, body: body))
        }
    }

    private func finish() {
        if isPoll {
            body.append(0x1E)
            let packets = body
            var position = 0
            while !isOpen, let frame = Framing.records.frame(packets.span, at: position) {
                position = frame.end
                control(frame, packets.span)
                guard !isClosed else { return }
                if isOpen { owner.connectionOpened(self) }
            }
            if isOpen { owner.connectionReceived(self, packets.span, &position) }
        }
        if !isClosed { request() }
    }
}

extension PollingSubscriber: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) { request() }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        var position = 0
        while position < bytes.count, !isClosed {
            if head == nil {
                do throws(HTTPResponseHeadError) {
                    guard let head = try parser.parse(bytes, &position) else { return }
                    self.head = head
                    let text = head.value(of: "content-length").map { String(decoding: $0, as: UTF8.self) }
                    guard head.status == 200, let length = text.flatMap({ Int($0) }) else {
                        return fail("\(target.url) answered a poll: \(head.status) \(head.reason)")
                    }
                    self.length = length
                } catch {
                    return fail("cannot poll \(target.url): \(error)")
                }
            }
            let taken = min(length - body.count, bytes.count - position)
            body.append(copying: bytes, position..<(position + taken))
            position += taken
            if body.count == length { finish() }
        }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        guard !isClosed else { return }
        isClosed = true
        owner.connectionClosed(self, error?.description ?? "\(target.url) closed a connection")
    }
}
