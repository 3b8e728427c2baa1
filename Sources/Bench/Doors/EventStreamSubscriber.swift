import Client
import EventLoop
import Wire

/// A subscriber by Server-Sent Events.
final class EventStreamSubscriber: BenchSubscriber {
    let index: Int
    private(set) var isOpen = false
    private let url: ServerURL
    private let request: [UInt8]
    private let stream: ByteStream
    private unowned let owner: any BenchConnectionOwner
    private var head = HTTPResponseHeadParser()
    /// The beginning of a block whose rest has not come.
    private var partial: [UInt8] = []

    init(_ index: Int, on loop: EventLoop, _ target: Target, path: String, owner: any BenchConnectionOwner) {
        self.index = index
        self.owner = owner
        url = target.url
        request = target.request("GET", path)
        stream = ByteStream(on: loop)
    }

    func connect() {
        stream.delegate = self
        stream.connect(to: url.endpoint, tls: url.usesTLS ? TLSClientSettings() : nil)
    }

    func close() {
        isOpen = false
        stream.close()
    }

    /// Comments, `retry`: nothing to do.
    func control(_ frame: ServerFrameHead, _ bytes: Span<UInt8>) {}

    private func fail(_ reason: String) {
        close()
        owner.connectionClosed(self, reason)
    }
}

extension EventStreamSubscriber: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) { stream.write(request) }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        var position = 0
        if !isOpen {
            do throws(HTTPResponseHeadError) {
                guard let head = try head.parse(bytes, &position) else { return }
                guard head.status == 200 else {
                    return fail("\(url) refused a stream: \(head.status) \(head.reason)")
                }
            } catch {
                return fail("cannot connect to \(url): \(error)")
            }
            isOpen = true
            owner.connectionOpened(self)
        }
        if partial.isEmpty {
            owner.connectionReceived(self, bytes, &position)
            partial.append(copying: bytes, position..<bytes.count)
        } else {
            partial.append(copying: bytes, position..<bytes.count)
            let whole = partial
            position = 0
            owner.connectionReceived(self, whole.span, &position)
            partial.removeFirst(position)
        }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        isOpen = false
        owner.connectionClosed(self, error?.description ?? "\(url) ended a stream")
    }
}
