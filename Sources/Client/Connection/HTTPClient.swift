import EventLoop

/// HTTP requests to a Roost server, one after the other, over a connection that is kept as long as the server keeps it.
/// Confined to its loop's thread.
final class HTTPClient {
    typealias Completion = (Result<HTTPClientResponse, ClientError>) -> Void

    private let loop: EventLoop
    private let settings: WebSocketClient.Settings
    private var stream: ByteStream?
    private var isOpen = false
    private var decoder = HTTPResponseDecoder()
    private var completion: Completion?
    private var timer: LoopTimer?

    /// For a whole request, connecting included, in milliseconds.
    private static let patience: UInt64 = 30_000

    /// Of the settings, where the server is, and how to enter it.
    init(on loop: EventLoop, _ settings: WebSocketClient.Settings) {
        self.loop = loop
        self.settings = settings
        timer = LoopTimer(on: loop) { [unowned self] in
            let error = "\(self.url) did not answer within \(Self.patience / 1000) s"
            self.fail(ClientError(error, isTransient: true))
        }
    }

    /// Sends a request; the answer comes later, never during this call. One at a time.
    func send(_ request: HTTPClientRequest, then completion: @escaping Completion) {
        assert(self.completion == nil, "one request at a time")
        self.completion = completion
        decoder = HTTPResponseDecoder()
        timer?.start(after: Self.patience)
        let stream: ByteStream
        if let kept = self.stream {
            stream = kept
        } else {
            stream = ByteStream(on: loop)
            stream.delegate = self
            self.stream = stream
            stream.connect(to: url.endpoint, tls: settings.tls)
        }
        stream.write(request.bytes(for: url, token: settings.token))
    }

    /// Ends it at once; a completion that is due is not called any more.
    func close() {
        completion = nil
        timer?.close()
        timer = nil
        drop()
    }

    private var url: ServerURL { settings.url }

    private func drop() {
        stream?.close()
        stream = nil
        isOpen = false
    }

    private func fail(_ error: ClientError) {
        drop()
        finish(.failure(error))
    }

    private func finish(_ result: Result<HTTPClientResponse, ClientError>) {
        timer?.stop()
        let completion = completion
        self.completion = nil
        completion?(result)
    }
}

extension HTTPClient: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) { isOpen = true }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        // Without a request there is nothing to answer.
        guard completion != nil else { return drop() }
        do throws(ClientError) {
            guard let response = try decoder.next(bytes) else { return }
            if !decoder.keepsAlive { drop() }
            finish(.success(response))
        } catch {
            fail(ClientError("cannot talk to \(url): \(error)"))
        }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        let wasOpen = isOpen
        drop()
        guard completion != nil else { return }
        if error == nil, let response = decoder.end() { return finish(.success(response)) }
        guard wasOpen else { return finish(.failure(.unreachable(url, error))) }
        let reason = error.map { ": \($0)" } ?? ""
        finish(
            .failure(
                ClientError("the connection to \(url) was lost before the answer\(reason)", isTransient: true)
            ))
    }
}
