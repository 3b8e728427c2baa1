import Client
import EventLoop
import Wire

/// Clients that come back: each subscribes with the id of a message it had, and is through when it has all that
/// it missed. Beside them one client listens on a channel of its own, to which a message is published every few
/// milliseconds: what the storm does to live delivery.
public final class ResumeRun: BenchRun {
    public var ended: ((Result<BenchReport, BenchError>) -> Void)?

    private enum Phase: String {
        case connecting
        case publishing
        case settling
        case resuming
        case over
    }

    /// How one client stands.
    private struct Progress {
        /// When it asked, in ns; 0 before.
        var start: UInt64 = 0
        var received = 0
    }

    private let loop: EventLoop
    private let setting: BenchSetting
    private let clients: Int
    private let missed: Int
    private let channel: ChannelName
    private let liveChannel: ChannelName

    private var phase = Phase.connecting
    private var listener: BenchConnection?
    private var speaker: BenchConnection?
    private var pool: ConnectionPool?
    private var timer: LoopTimer?
    private var ticker: LoopTimer?

    private var published = 0
    /// The id of the message that the clients have.
    private var since: MessageID?
    private var states: [Progress]
    private var finished = 0
    private var notRecovered = 0
    private var stormStart: UInt64 = 0
    private var stormEnd: UInt64 = 0
    private var resumes = Histogram()
    private var latencies = Histogram()
    private var measurement: Measurement?

    /// Milliseconds between live messages.
    private static let pace: UInt64 = 2

    public init(
        on loop: EventLoop, _ setting: BenchSetting, clients: Int, missed: Int, channel: String
    ) throws(BenchError) {
        guard (1...100_000).contains(clients) else { throw BenchError("--clients must be 1 to 100000") }
        guard (1...10_000).contains(missed) else { throw BenchError("--missed must be 1 to 10000") }
        do throws(ChannelNameError) {
            self.channel = try ChannelName(validating: channel)
            liveChannel = try ChannelName(validating: channel + "-live")
        } catch {
            throw BenchError("--channel: \(error)")
        }
        self.loop = loop
        self.setting = setting
        self.clients = clients
        self.missed = missed
        states = Array(repeating: Progress(), count: clients)
    }

    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in beginStorm() }
        ticker = LoopTimer(on: loop) { [unowned self] in speak() }
        let listener = connection(clients)
        let speaker = connection(clients + 1)
        self.listener = listener
        self.speaker = speaker
        listener.connect()
        speaker.connect()
    }

    private func connection(_ index: Int) -> BenchConnection {
        BenchConnection(index, on: loop, setting.target, path: "/ws", owner: self)
    }

    public func close() {
        phase = .over
        pool?.close()
        listener?.close()
        speaker?.close()
        timer?.close()
        ticker?.close()
    }

    public func check() {}

    public var progress: String {
        phase == .resuming ? "resuming: \(finished) of \(clients)" : phase.rawValue
    }

    private func fail(_ reason: String) {
        guard phase != .over else { return }
        phase = .over
        end(.failure(BenchError(reason)))
    }

    // MARK: What happens

    private func publishNext() {
        let data = Array("\"\(String(repeating: "x", count: 80)) \(published)\"".utf8)
        speaker?.sendText(
            ClientFrame.publish(channel: channel, event: nil, data: data.span, ref: Int64(published)))
    }

    /// A live message with the time in it.
    private func speak() {
        let data = Array("\(MonotonicClock.now)".utf8)
        speaker?.sendText(ClientFrame.publish(channel: liveChannel, event: nil, data: data.span, ref: -1))
    }

    private func beginStorm() {
        do throws(BenchError) {
            measurement = try Measurement(of: setting.processes)
        } catch {
            return fail(error.description)
        }
        phase = .resuming
        stormStart = MonotonicClock.now
        pool = ConnectionPool(clients, ramp: setting.ramp) { [unowned self] in connection($0) }
        pool?.start()
    }

    private func finishOne(_ index: Int) {
        let now = MonotonicClock.now
        resumes.record(now - states[index].start)
        finished += 1
        _ = pool?.noteOpened()
        guard finished == clients else { return }
        stormEnd = now
        do throws(BenchError) {
            try measurement?.end()
        } catch {
            return fail(error.description)
        }
        phase = .over
        end(.success(report()))
    }

    private func report() -> BenchReport {
        var report = BenchReport()
        report.add("scenario", "scenario", .text("resume"))
        report.add("server", "server", .text("\(setting.target.url)"))
        report.add("clients", "clients", .count(UInt64(clients)))
        report.add("missed", "messages missed by each", .count(UInt64(missed)))
        report.add("not_recovered", "not recovered", .count(UInt64(notRecovered)))
        report.add("storm_ms", "all are back after", .number(Double(stormEnd - stormStart) / 1e6), "ms")
        report.add("resume", "subscribe to last message", resumes)
        report.add("live", "live latency meanwhile", latencies)
        measurement?.report(to: &report, per: "client", count: UInt64(clients))
        return report
    }

    // MARK: Frames

    private func received(_ payload: Span<UInt8>, _ connection: any BenchSubscriber) {
        let isMessage = payload.starts(with: #"{"type":"message""#)
        switch connection.index {
        case clients: if isMessage { heardLive(payload) } else { listenerAnswered(payload) }
        case clients + 1: speakerAnswered(payload)
        default: isMessage ? receivedMissed(connection) : resumed(payload)
        }
    }

    private func receivedMissed(_ connection: any BenchSubscriber) {
        states[connection.index].received += 1
        if states[connection.index].received == missed { finishOne(connection.index) }
    }

    private func resumed(_ payload: Span<UInt8>) {
        if payload.starts(with: #"{"type":"error""#) {
            return fail("the server refused: \(String(decoding: [UInt8](copying: payload), as: UTF8.self))")
        }
        guard payload.starts(with: #"{"type":"subscribed""#) else { return }
        if Self.member("recovered", of: payload)?.kind == .boolean(true) { return }
        notRecovered += 1
        fail("the server did not recover what was missed: is there a history of \(missed) messages?")
    }

    private func heardLive(_ payload: Span<UInt8>) {
        guard phase == .resuming, let sent = Self.member("data", of: payload)?.integer(in: payload) else {
            return
        }
        latencies.record(MonotonicClock.now &- UInt64(clamping: sent))
    }

    private func listenerAnswered(_ payload: Span<UInt8>) {
        guard phase == .connecting, payload.starts(with: #"{"type":"subscribed""#) else { return }
        phase = .publishing
        publishNext()
    }

    private func speakerAnswered(_ payload: Span<UInt8>) {
        guard phase == .publishing else { return }
        guard payload.starts(with: #"{"type":"published""#) else {
            if payload.starts(with: #"{"type":"error""#) { fail("publishing failed") }
            return
        }
        if published == 0 {
            guard let text = Self.member("id", of: payload)?.string(in: payload),
                let id = MessageID(text.span)
            else {
                return fail("the channel '\(channel)' has no history on this server")
            }
            since = id
        }
        published += 1
        if published <= missed { return publishNext() }
        phase = .settling
        ticker?.start(after: Self.pace, every: Self.pace)
        timer?.start(after: setting.warmUp)
    }

    private static func member(_ name: StaticString, of payload: Span<UInt8>) -> JSONValue? {
        guard var reader = try? JSONObjectReader(payload) else { return nil }
        while let (key, value) = (try? reader.next(payload)) ?? nil {
            if key.isString(name, in: payload) { return value }
        }
        return nil
    }
}

extension ResumeRun: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {
        switch connection.index {
        case clients:
            (connection as? BenchConnection)?.sendText(ClientFrame.subscribe(.channel(liveChannel), ref: 1))
        case clients + 1: break
        default:
            states[connection.index].start = MonotonicClock.now
            (connection as? BenchConnection)?.sendText(
                ClientFrame.subscribe(.channel(channel), since: since, ref: 1))
        }
    }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        while let frame = ServerFrameHead(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            if frame.first == ServerFrameHead.wholeText {
                received(bytes.extracting(frame.start..<frame.end), connection)
            } else {
                connection.control(frame, bytes)
            }
            if !connection.isOpen || phase == .over { return }
        }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) { fail(reason) }
}
