import EventLoop
import Wire

/// Publishes one message or pushes one job, or each line of an input, over the native door: in order, several in flight, each one
/// acknowledged. Confined to its loop's thread.
///
/// At the first failure nothing more is sent, and what is in flight is waited for. A connection lost while nothing was
/// in flight is made again; with messages in flight it is a failure, since nobody knows whether the server has them.
public final class PublishSession {
    private let loop: EventLoop
    private let settings: WebSocketClient.Settings
    private let target: PublishTarget
    private let input: PublishInput
    private let notice: (String) -> Void
    private var ended: ((ClientError?) -> Void)?

    private var client: WebSocketClient?
    private var isOpen = false
    private var reconnector: Reconnector?
    private var timer: LoopTimer?
    private var source: MessageSource?
    private var window = PublishWindow(maximumCount: 256, maximumBytes: 256 * 1024)
    private var failure: ClientError?
    /// The close frame is on its way.
    private var isFinishing = false
    private var lastProgress: UInt64 = 0
    private let isSingle: Bool

    /// How long the server may take to acknowledge a message, or to come back while one waits, in milliseconds.
    private static let patience: UInt64 = 30_000

    /// - Parameters:
    ///   - notice: hears what the user should know while the session goes on.
    ///   - ended: called once: `nil` when the server has acknowledged every message.
    public init(
        on loop: EventLoop, _ settings: WebSocketClient.Settings, _ target: PublishTarget,
        input: PublishInput, source: MessageSource.Kind, notice: @escaping (String) -> Void,
        ended: @escaping (ClientError?) -> Void
    ) throws(LoopError) {
        self.loop = loop
        self.settings = settings
        self.target = target
        self.input = input
        self.notice = notice
        self.ended = ended
        if case .message = source { isSingle = true } else { isSingle = false }
        self.source = try MessageSource(source, on: loop) { [unowned self] error in
            if let error { note(error) }
            pump()
        }
    }

    /// Connects and publishes. Call once.
    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in self.checkProgress() }
        timer?.start(after: 1000, every: 1000)
        reconnector = Reconnector(on: loop, patience: 0) { [unowned self] in self.connect() }
        connect()
    }

    private func connect() {
        let client = WebSocketClient(on: loop, settings)
        client.delegate = self
        self.client = client
        client.connect()
    }

    private func end() {
        guard let ended else { return }
        self.ended = nil
        timer?.close()
        timer = nil
        reconnector?.close()
        source?.close()
        client?.cancel()
        client = nil
        if let failure, !isSingle {
            ended(ClientError("\(failure); \(window.acknowledged) \(target.verb)"))
        } else {
            ended(failure)
        }
    }

    /// Notes the first failure: nothing more is sent.
    private func note(_ error: ClientError) {
        failure = failure ?? error
    }

    private func fail(_ error: ClientError) {
        note(error)
        pump()
    }

    /// Sends as much as input and window allow.
    private func pump() {
        while failure == nil, isOpen || source?.next == nil, window.hasRoom {
            guard let message = nextMessage() else { break }
            guard isOpen else {
                lastProgress = loop.now
                break
            }
            source?.take()
            let value: [UInt8]
            do throws(ClientError) {
                value = try input.value(of: message)
            } catch {
                note(ClientError("\(source?.place ?? "") \(error)"))
                break
            }
            if window.isEmpty { lastProgress = loop.now }
            let ref = window.add(size: value.count)
            client?.send(text: target.frame(data: value.span, ref: ref).span)
        }
        client?.flush()
        if window.isEmpty, failure != nil || isOpen && source?.isAtEnd == true { finish() }
    }

    private func finish() {
        guard let client, isOpen else { return end() }
        guard !isFinishing else { return }
        isFinishing = true
        client.close()
    }

    private func nextMessage() -> [UInt8]? {
        do throws(ClientError) {
            return try source?.peek()
        } catch {
            note(error)
            return nil
        }
    }

    private func checkProgress() {
        guard !window.isEmpty, loop.now > lastProgress + Self.patience else { return }
        lost("\(settings.url) did not answer for \(Self.patience / 1000) s")
    }

    /// The connection is gone or of no use with messages in flight.
    private func lost(_ reason: String) {
        let unknown = window.count == 1 ? "one message" : "\(window.count) messages"
        failure = failure ?? ClientError("\(reason); whether it has \(unknown) more is not known")
        end()
    }
}

extension PublishSession: WebSocketClientDelegate {
    public func webSocketOpened(_ client: WebSocketClient) {
        isOpen = true
        if reconnector?.connected() == true { notice("connected to \(settings.url) again") }
        pump()
    }

    public func webSocketReceived(_ client: WebSocketClient, _ message: Span<UInt8>, isText: Bool) {
        guard isText, let frame = try? ServerFrame(message) else {
            return fail(ClientError("\(settings.url) sent a frame that is not JSON"))
        }
        switch frame {
        case .published(let ref):
            if let ref, window.acknowledge(ref) { lastProgress = loop.now }
        case .error(let code, let text, let ref):
            let error = ClientError("\(text) (\(code))")
            guard let ref, window.remove(ref) else { return fail(error) }
            // Lines and messages are numbered alike: each line is one message.
            fail(ClientError(isSingle ? "\(error)" : "line \(ref): \(error)"))
        case .welcome, .subscribed, .unsubscribed, .message, .gap, .working, .job, .reported, .other: return
        }
    }

    public func webSocketPaused(_ client: WebSocketClient) { pump() }

    public func webSocketDrained(_ client: WebSocketClient) {}

    public func webSocketClosed(_ client: WebSocketClient, error: ClientError?) {
        isOpen = false
        self.client = nil
        guard let error else { return end() }
        guard window.isEmpty else { return lost("\(error)") }
        let hasGivenUp = source?.next != nil && loop.now > lastProgress + Self.patience
        guard failure == nil, !isSingle, error.isTransient, !hasGivenUp, let delay = reconnector?.retry()
        else {
            failure = failure ?? error
            return end()
        }
        notice("\(error); trying again in \(Reconnector.seconds(delay))")
    }
}
