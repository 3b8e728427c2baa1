import EventLoop
import Wire

/// Asks Sentinels, one after the other, where the master is. Confined to its loop's thread.
///
/// https://redis.io/docs/latest/develop/reference/sentinel-clients/: whoever gets an answer must check by `ROLE` that it
/// is a master.
final class SentinelQuery {
    private let loop: EventLoop
    private let settings: SentinelSettings
    /// Milliseconds that one Sentinel has to connect and answer.
    private let patience: UInt64
    private let then: (Result<StreamEndpoint, Failure>) -> Void
    private var next = 0
    private var stream: ByteStream?
    private var reader = RespReader()
    private var timer: LoopTimer?
    private var reasons: [String] = []

    /// Why no Sentinel knows.
    struct Failure: Error {
        let reason: String
    }

    /// - Parameter then: called once, unless `cancel` comes first; never inside `start`.
    init(
        on loop: EventLoop, _ settings: SentinelSettings, patience: UInt64,
        then: @escaping (Result<StreamEndpoint, Failure>) -> Void
    ) {
        self.loop = loop
        self.settings = settings
        self.patience = patience
        self.then = then
    }

    func start() {
        timer = LoopTimer(on: loop) { [unowned self] in tryNext("no answer within \(patience) ms") }
        ask()
    }

    func cancel() {
        timer?.close()
        timer = nil
        stream?.close()
        stream = nil
    }

    private func ask() {
        reader = RespReader()
        let stream = ByteStream(on: loop)
        stream.delegate = self
        stream.connectTimeout = patience
        self.stream = stream
        timer?.start(after: patience)
        stream.connect(to: settings.endpoints[next], tls: nil)
    }

    private func tryNext(_ reason: String) {
        stream?.close()
        stream = nil
        reasons.append("\(settings.endpoints[next]): \(reason)")
        next += 1
        if next < settings.endpoints.count { ask() } else { finish(.failure(Failure(reason: failure))) }
    }

    private var failure: String {
        "no Sentinel knows the master '\(settings.master)' (\(reasons.joined(separator: "; ")))"
    }

    private func finish(_ result: Result<StreamEndpoint, Failure>) {
        guard timer != nil else { return }
        cancel()
        then(result)
    }

    private func received(_ reply: borrowing RespReply) {
        let value = reply.value
        if case .error(let error) = value { return tryNext(error) }
        guard let parts = value.array, parts.count == 2, let host = parts[0].bytes, !host.isEmpty,
            UTF8Validator.isValid(host.span), let port = parts[1].integer.flatMap(UInt16.init(exactly:)),
            port > 0
        else { return tryNext("does not know it") }
        finish(.success(.tcp(host: String(decoding: host, as: UTF8.self), port: port)))
    }
}

extension SentinelQuery: ByteStreamDelegate {
    func streamOpened(_ stream: ByteStream) {
        var command: [UInt8] = []
        RespWriter.append(["SENTINEL", "get-master-addr-by-name", settings.master], to: &command)
        stream.write(command)
    }

    func streamReceived(_ stream: ByteStream, _ bytes: Span<UInt8>) {
        do throws(RespError) {
            try reader.feed(bytes)
            while self.stream === stream, try reader.next(received) {}
        } catch {
            tryNext("does not speak Redis' protocol: \(error)")
        }
    }

    func streamDrained(_ stream: ByteStream) {}

    func streamClosed(_ stream: ByteStream, error: LoopError?) {
        self.stream = nil
        tryNext(error.map(\.description) ?? "closed the connection")
    }
}
