import EventLoop
import Wire

/// Publishes one message or pushes one job, or each line of an input, over the native door: in order, several in flight,
/// each one acknowledged. Confined to its loop's thread.
///
/// What was not acknowledged when the connection was lost, or when the broker was away, is sent again with the same
/// idempotency keys, where the target has such. Without them a connection lost with messages in flight is a failure,
/// since nobody knows whether the server has them. At the first failure nothing more is read, and what is in flight is
/// waited for.
public final class PublishSession: SendingSession {
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
    /// Runs while the broker is given time.
    private var pause: LoopTimer?
    private var isPaused = false
    private var backoff = Backoff()
    private var source: MessageSource?
    private var window = PublishWindow(maximumCount: 256, maximumBytes: 256 * 1024)
    private var failure: ClientError?
    /// The close frame is on its way.
    private var isFinishing = false
    private var isInterrupted = false
    private var lastProgress: UInt64 = 0
    private let isSingle: Bool
    /// How long the server may take to acknowledge a message, or to come back while one waits, in milliseconds.
    private let patience: UInt64

    /// For what cannot be sent again.
    private static let shortPatience: UInt64 = 30_000
    /// For lines that can: as long as the server knows their keys for certain.
    private static let longPatience = IdempotencyKeys.lifetime - 60_000

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
        patience = isSingle || !target.isRepeatable ? Self.shortPatience : Self.longPatience
        self.source = try MessageSource(source, on: loop) { [unowned self] error in
            if let error { note(error) }
            pump()
        }
    }

    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in self.checkProgress() }
        timer?.start(after: 1000, every: 1000)
        pause = LoopTimer(on: loop) { [unowned self] in
            self.isPaused = false
            self.pump()
        }
        reconnector = Reconnector(on: loop, patience: 0) { [unowned self] in self.connect() }
        connect()
    }

    public func interrupt() {
        guard !isInterrupted else { return giveUp("interrupted") }
        isInterrupted = true
        source?.stop()
        pump()
        if !isOpen { giveUp("interrupted") }
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
        pause?.close()
        pause = nil
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

    /// Notes the first failure: nothing more is read.
    private func note(_ error: ClientError) {
        failure = failure ?? error
    }

    private func fail(_ error: ClientError) {
        note(error)
        pump()
    }

    /// Sends as much as input and window allow.
    private func pump() {
        if isOpen, !isPaused {
            for (ref, data) in window.takeBehind() { send(data, ref) }
        }
        while failure == nil, isOpen || source?.next == nil, window.hasRoom, !window.isBehind {
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
            send(value, window.add(value))
        }
        client?.flush()
        if window.isEmpty, failure != nil || isOpen && source?.isAtEnd == true { finish() }
    }

    private func send(_ data: [UInt8], _ ref: Int64) {
        client?.send(text: target.frame(data: data.span, ref: ref).span)
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
        guard !window.isEmpty, loop.now > lastProgress + patience else { return }
        giveUp("\(settings.url) did not answer for \(patience / 1000) s")
    }

    /// Ends with what is not acknowledged.
    private func giveUp(_ reason: String) {
        let unknown = window.count == 1 ? "one message" : "\(window.count) messages"
        let doubt = window.isEmpty ? "" : "; whether it has \(unknown) more is not known"
        if !window.isEmpty || source?.next != nil { note(ClientError(reason + doubt)) }
        end()
    }

    /// The broker could not take a message: it is sent again after a while.
    private func postpone(_ ref: Int64, _ error: ClientError) -> Bool {
        guard target.isRepeatable, !isSingle, window.postpone(ref) else { return false }
        guard !isPaused else { return true }
        isPaused = true
        let delay = backoff.next()
        notice("\(error); trying again in \(Reconnector.seconds(delay))")
        pause?.start(after: delay)
        return true
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
            guard let ref, window.acknowledge(ref) else { return }
            lastProgress = loop.now
            backoff.reset()
        case .error(let code, let text, let ref):
            let error = ClientError("\(text) (\(code))")
            if let ref, ClientError.isTransient(code), postpone(ref, error) { return }
            guard let ref, window.remove(ref) else { return fail(error) }
            // Lines and messages are numbered alike: each line is one message.
            fail(ClientError(isSingle ? "\(error)" : "line \(ref): \(error)"))
        case .welcome, .subscribed, .unsubscribed, .message, .gap, .history, .working, .job, .reported,
            .other:
            return
        }
    }

    public func webSocketPaused(_ client: WebSocketClient) { pump() }

    public func webSocketDrained(_ client: WebSocketClient) {}

    public func webSocketClosed(_ client: WebSocketClient, error: ClientError?) {
        isOpen = false
        self.client = nil
        guard let error else { return end() }
        guard window.isEmpty || target.isRepeatable, !isInterrupted else { return giveUp("\(error)") }
        window.disconnect()
        let isWaiting = !window.isEmpty || source?.next != nil
        let hasGivenUp = isWaiting && loop.now > lastProgress + patience
        guard failure == nil || !window.isEmpty, error.isTransient, !hasGivenUp,
            let delay = reconnector?.retry()
        else {
            guard window.isEmpty else { return giveUp("\(error)") }
            note(error)
            return end()
        }
        notice("\(error); trying again in \(Reconnector.seconds(delay))")
    }
}
