import EventLoop
import Wire

/// Notifies a user of one thing, or of each line of an input, over HTTP: in order, one after the other, each one
/// acknowledged. Confined to its loop's thread.
///
/// A request whose connection was lost, or one of several that the broker could not take, is made again with the same
/// idempotency key, so that the user is notified once.
/// At the first failure nothing more is sent.
public final class NotifySession: SendingSession {
    /// What is said of every notification.
    public struct Options: Sendable {
        public var event: String?
        /// Seconds; `nil` for the server's default.
        public var timeToLive: Int?

        public init(event: String? = nil, timeToLive: Int? = nil) {
            self.event = event
            self.timeToLive = timeToLive
        }
    }

    private let loop: EventLoop
    private let url: ServerURL
    private let path: String
    private let input: PublishInput
    private let notice: (String) -> Void
    private var ended: ((ClientError?) -> Void)?
    private let isSingle: Bool

    private let client: HTTPClient
    private let keys = IdempotencyKeys()
    private var source: MessageSource?
    private var reconnector: Reconnector?
    /// The one under way, until the server has answered.
    private var request: HTTPClientRequest?
    /// When the one under way was first sent.
    private var requested: UInt64 = 0
    private var acknowledged = 0
    /// The server is away; it is asked again after a while.
    private var isAway = false
    private var isInterrupted = false
    /// Why the input ended; told when the server has answered what is under way.
    private var failure: ClientError?

    /// How long a notification may take, with the server away meanwhile, in milliseconds; less than the server
    /// remembers an idempotency key.
    private static let patience: UInt64 = 30_000

    /// - Parameters:
    ///   - notice: hears what the user should know while the session goes on.
    ///   - ended: called once: `nil` when the server has acknowledged every notification.
    public init(
        on loop: EventLoop, _ settings: WebSocketClient.Settings, user: UserName, _ options: Options,
        input: PublishInput, source: MessageSource.Kind, notice: @escaping (String) -> Void,
        ended: @escaping (ClientError?) -> Void
    ) throws(LoopError) {
        self.loop = loop
        url = settings.url
        self.input = input
        self.notice = notice
        self.ended = ended
        var query: [String] = []
        if let event = options.event { query.append("event=\(DoorPath.encode(event))") }
        if let seconds = options.timeToLive { query.append("ttl=\(seconds)") }
        path = DoorPath.notifications(of: user) + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        client = HTTPClient(on: loop, settings)
        if case .message = source { isSingle = true } else { isSingle = false }
        self.source = try MessageSource(source, on: loop) { [unowned self] error in
            if let error { failure = error }
            pump()
        }
    }

    public func start() {
        reconnector = Reconnector(on: loop, patience: 0) { [unowned self] in self.send() }
        pump()
    }

    public func interrupt() {
        guard !isInterrupted, !isAway else { return giveUp() }
        isInterrupted = true
        source?.stop()
        pump()
    }

    private func giveUp() {
        let doubt = request == nil ? nil : "interrupted; whether \(url) has one more is not known"
        end(doubt.map { ClientError($0) })
    }

    private func pump() {
        guard request == nil, let source else { return }
        if let failure { return end(failure) }
        let body: [UInt8]
        do throws(ClientError) {
            guard let message = try source.peek() else {
                if source.isAtEnd { end(nil) }
                return
            }
            source.take()
            do throws(ClientError) {
                body = try input.value(of: message)
            } catch {
                throw ClientError("\(source.place) \(error)")
            }
        } catch {
            return end(error)
        }
        request = HTTPClientRequest(
            method: "POST", path: path,
            fields: [
                ("Content-Type", "application/json"), ("Idempotency-Key", keys.key(Int64(acknowledged))),
            ], body: body)
        requested = loop.now
        send()
    }

    private func send() {
        guard let request else { return }
        isAway = false
        client.send(request) { [unowned self] in self.answered($0) }
    }

    private func answered(_ result: Result<HTTPClientResponse, ClientError>) {
        switch result {
        case .success(let response):
            // A single one fails at once: whoever sent it is there to try again.
            if !isSingle, response.status == 503, let error = response.error {
                reconnector?.postponed()
                return tryAgain(after: ClientError(placed(error).description, isTransient: true))
            }
            if reconnector?.connected() == true { notice("connected to \(url) again") }
            if let error = response.error { return end(placed(error)) }
            request = nil
            acknowledged += 1
            pump()
        case .failure(let error): tryAgain(after: error)
        }
    }

    private func tryAgain(after error: ClientError) {
        loop.updateTime()
        guard !isInterrupted, error.isTransient, loop.now < requested + Self.patience,
            let delay = reconnector?.retry()
        else {
            return end(error)
        }
        isAway = true
        notice("\(error); trying again in \(Reconnector.seconds(delay))")
    }

    private func placed(_ error: ClientError) -> ClientError {
        isSingle ? error : ClientError("\(source?.place ?? ""): \(error)")
    }

    private func end(_ error: ClientError?) {
        guard let ended else { return }
        self.ended = nil
        reconnector?.close()
        source?.close()
        client.close()
        ended(isSingle ? error : error.map { ClientError("\($0); \(acknowledged) sent") })
    }
}
