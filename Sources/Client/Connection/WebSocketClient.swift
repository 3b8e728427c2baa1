import EventLoop
import Wire

/// One WebSocket connection to a Roost server, RFC 6455. Confined to its loop's thread; used once.
///
/// Everything from the server is checked and bounded; a connection on which nothing is heard for
/// `Settings.silence` is pinged, and given up when that is not answered within the same time.
public final class WebSocketClient {
    public struct Settings: Sendable {
        public var url: ServerURL
        /// The door's path, percent-encoded.
        public var path: String
        public var token: String?
        /// A PEM file of certification authorities to trust instead of the system's.
        public var authorityFile: String?
        /// The largest message taken, in bytes.
        public var maximumMessageSize = 64 << 20
        /// For connecting, TLS and the handshake together, in milliseconds.
        public var connectTimeout: UInt64 = 10_000
        /// In milliseconds.
        public var silence: UInt64 = 25_000

        public init(url: ServerURL, path: String = DoorPath.native, token: String? = nil) {
            self.url = url
            self.path = path
            self.token = token
        }

        /// How the connection is secured; `nil` if it is not.
        public var tls: TLSClientSettings? {
            url.usesTLS ? TLSClientSettings(authorityFile: authorityFile) : nil
        }
    }

    private enum State {
        case connecting
        /// The request is on its way; the response's head is being read.
        case handshaking
        /// The response was an error; its body is being read for the words in it.
        case refused(HTTPResponseHead, remaining: Int)
        case open
        /// Our close frame has gone out.
        case closing
        case closed
    }

    /// Strong; let go of when the connection ends, by either side.
    public var delegate: (any WebSocketClientDelegate)?

    private let settings: Settings
    private let stream: ByteStream
    private let upgrade: WebSocketUpgrade
    private var timer: LoopTimer?
    private var state = State.connecting
    private var head = HTTPResponseHeadParser()
    private var decoder: WebSocketDecoder
    private var body: [UInt8] = []
    private var outgoing: [UInt8] = []
    private var random = SystemRandomNumberGenerator()
    /// Whether anything was heard since the timer last fired.
    private var isAlive = true
    private var awaitsPong = false

    /// The longest error body that is read, in bytes.
    private static let maximumErrorBody = 16 * 1024
    /// Pongs are left out while more than this is unsent: a peer that pings and does not read.
    private static let maximumUnsentForPong = 1 << 20

    public init(on loop: EventLoop, _ settings: Settings) {
        self.settings = settings
        stream = ByteStream(on: loop)
        decoder = WebSocketDecoder(role: .client, maximumMessageSize: settings.maximumMessageSize)
        let key = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        upgrade = WebSocketUpgrade(settings.url, path: settings.path, token: settings.token, key: key)
        timer = LoopTimer(on: loop) { [unowned self] in self.timerFired() }
    }

    /// Starts connecting. Call once; the delegate hears the outcome, never during this call.
    public func connect() {
        stream.delegate = self
        timer?.start(after: settings.connectTimeout)
        stream.connect(to: settings.url.endpoint, tls: settings.tls)
    }

    /// Bytes sent that the system has not taken yet.
    public var unsentBytes: Int { stream.unsentBytes + outgoing.count }

    /// Adds a text message to what the next `flush()` writes. Does nothing unless the connection is open.
    public func send(text: Span<UInt8>) {
        guard case .open = state else { return }
        WebSocketEncoder.appendMaskedFrame(.text, text, key: random.next(), to: &outgoing)
    }

    /// Writes what `send` has gathered, in one piece.
    public func flush() {
        guard !outgoing.isEmpty else { return }
        stream.write(outgoing)
        outgoing = []
    }

    /// Ends the connection in good order: what was sent goes out, then a close frame, whose answer is waited for (for
    /// 2 s at most). Then the delegate hears `webSocketClosed` without an error.
    public func close() {
        guard case .open = state else { return finish(nil) }
        sendControl(.close, [UInt8(CloseCode.normal.rawValue >> 8), UInt8(CloseCode.normal.rawValue & 0xFF)])
        flush()
        state = .closing
        timer?.start(after: 2000)
    }

    /// Ends the connection at once. The delegate hears nothing more.
    public func cancel() {
        delegate = nil
        finish(nil)
    }

    private func finish(_ error: ClientError?) {
        if case .closed = state { return }
        state = .closed
        timer?.close()
        timer = nil
        stream.close()
        let delegate = delegate
        self.delegate = nil
        delegate?.webSocketClosed(self, error: error)
    }

    private func timerFired() {
        switch state {
        case .connecting, .handshaking:
            let seconds = settings.connectTimeout / 1000
            finish(
                ClientError(
                    "cannot connect to \(settings.url): no answer within \(seconds) s", isTransient: true))
        case .refused(let head, _):
            finish(.refused(settings.url, head, message: ServerErrorBody(body)?.message))
        case .open where isAlive:
            isAlive = false
        case .open where awaitsPong:
            finish(ClientError("nothing more was heard from \(settings.url)", isTransient: true))
        case .open:
            awaitsPong = true
            sendControl(.ping, [])
            flush()
        case .closing, .closed:
            finish(nil)
        }
    }

    private func sendControl(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
        WebSocketEncoder.appendMaskedFrame(opcode, payload.span, key: random.next(), to: &outgoing)
    }
}

extension WebSocketClient: ByteStreamDelegate {
    public func streamOpened(_ stream: ByteStream) {
        state = .handshaking
        stream.write(upgrade.request)
    }

    public func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        isAlive = true
        awaitsPong = false
        var position = 0
        if case .handshaking = state { readHead(bytes, &position) }
        switch state {
        case .refused(let head, let remaining):
            readErrorBody(head, remaining, bytes.extracting(position..<bytes.count))
        case .open, .closing:
            if position < bytes.count { readFrames(bytes.extracting(position..<bytes.count)) }
        case .connecting, .handshaking, .closed: break
        }
    }

    public func streamDrained(_ stream: ByteStream) {
        if case .open = state { delegate?.webSocketDrained(self) }
    }

    public func streamClosed(_ stream: ByteStream, error: LoopError?) {
        switch state {
        case .connecting, .handshaking: finish(.unreachable(settings.url, error))
        case .refused(let head, _):
            finish(.refused(settings.url, head, message: ServerErrorBody(body)?.message))
        case .open:
            let reason = error.map { ": \($0)" } ?? ""
            finish(ClientError("the connection to \(settings.url) was lost\(reason)", isTransient: true))
        case .closing, .closed: finish(nil)
        }
    }

    private func readHead(_ bytes: Span<UInt8>, _ position: inout Int) {
        do throws(HTTPResponseHeadError) {
            guard let head = try head.parse(bytes, &position) else { return }
            guard head.status == 101 else {
                let length = head.value(of: "content-length").flatMap {
                    Int(String(decoding: $0, as: UTF8.self))
                }
                state = .refused(
                    head, remaining: min(max(length ?? Self.maximumErrorBody, 0), Self.maximumErrorBody))
                return
            }
            if let problem = upgrade.problem(with: head) {
                return finish(ClientError("cannot connect to \(settings.url): \(problem)"))
            }
        } catch {
            return finish(ClientError("cannot connect to \(settings.url): \(error)"))
        }
        state = .open
        timer?.start(after: settings.silence, every: settings.silence)
        delegate?.webSocketOpened(self)
    }

    private func readErrorBody(_ head: HTTPResponseHead, _ remaining: Int, _ bytes: Span<UInt8>) {
        let taken = min(remaining, bytes.count)
        body.append(copying: bytes, 0..<taken)
        state = .refused(head, remaining: remaining - taken)
        if remaining == taken {
            finish(.refused(settings.url, head, message: ServerErrorBody(body)?.message))
        }
    }

    private func readFrames(_ bytes: Span<UInt8>) {
        // A copy, because the decoder wants bytes that it may change (a server unmasks in place).
        var input = [UInt8](copying: bytes)
        var span = input.mutableSpan
        var position = 0
        while true {
            do throws(WebSocketError) {
                let event = try decoder.next(&span, &position)
                if event == .needsInput { break }
                handle(event, span.span)
            } catch {
                return fail(error)
            }
            // The delegate may have closed it.
            if case .closed = state { return }
        }
        delegate?.webSocketPaused(self)
        flush()
    }

    private func handle(_ event: WebSocketDecoder.Event, _ input: Span<UInt8>) {
        switch event {
        case .needsInput: return
        case .message(let isText, let payload):
            guard case .open = state else { return }
            switch payload {
            case .input(let range):
                delegate?.webSocketReceived(self, input.extracting(range), isText: isText)
            case .assembled:
                // A copy of the reference: the delegate's calls may reach back here.
                let message = decoder.assembled
                delegate?.webSocketReceived(self, message.span, isText: isText)
            case .control: return
            }
        case .ping(let payload):
            guard case .open = state, unsentBytes < Self.maximumUnsentForPong else { return }
            switch payload {
            case .input(let range): sendControl(.pong, [UInt8](copying: input.extracting(range)))
            case .control, .assembled: sendControl(.pong, decoder.control)
            }
        case .pong: return
        case .close(let code):
            let wasClosing = if case .closing = state { true } else { false }
            if !wasClosing {
                sendControl(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
                flush()
            }
            finish(wasClosing ? nil : .closed(settings.url, code: code))
        }
    }

    /// The server broke the protocol: it is told so, and the connection ends.
    private func fail(_ error: WebSocketError) {
        sendControl(.close, [UInt8(error.code.rawValue >> 8), UInt8(error.code.rawValue & 0xFF)])
        flush()
        finish(ClientError("\(settings.url) broke the WebSocket protocol: \(error.reason)"))
    }
}
