import Client
import EventLoop
import Wire

/// Connections that do nothing: how much memory, and how much time, does each of them take?
public final class IdleRun: BenchRun {
    public var ended: ((Result<BenchReport, BenchError>) -> Void)?

    private enum Phase: String {
        case connecting
        case settling
        case measuring
        case over
    }

    private let loop: EventLoop
    private let setting: BenchSetting
    private let count: Int
    /// What each of them subscribes to on the native door; `nil`: nothing.
    private let channel: ChannelName?
    private var phase = Phase.connecting
    private var pool: ConnectionPool?
    private var timer: LoopTimer?
    private var before = ProcessUsage()
    private var measurement: Measurement?

    public init(on loop: EventLoop, _ setting: BenchSetting, connections: Int, channel: String?)
        throws(BenchError)
    {
        guard (1...1_000_000).contains(connections) else {
            throw BenchError("--connections must be 1 to 1000000")
        }
        do throws(ChannelNameError) {
            self.channel = try channel.map { name throws(ChannelNameError) in
                try ChannelName(validating: name)
            }
        } catch {
            throw BenchError("--channel: \(error)")
        }
        self.loop = loop
        self.setting = setting
        count = connections
    }

    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in self.timerFired() }
        do throws(BenchError) {
            before = try ProcessUsage.sum(of: setting.processes)
        } catch {
            return fail(error.description)
        }
        let (loop, target) = (loop, setting.target)
        let name = channel?.description ?? "bench"
        pool = ConnectionPool(count, ramp: setting.ramp) { [unowned self] index in
            Door.subscriber(index, on: loop, target, channel: name, owner: self)
        }
        pool?.start()
    }

    public func close() {
        phase = .over
        pool?.close()
        timer?.close()
    }

    public func check() {}

    public var progress: String {
        phase == .connecting ? "connecting: \(pool?.opened ?? 0) of \(count)" : phase.rawValue
    }

    private func fail(_ reason: String) {
        guard phase != .over else { return }
        phase = .over
        end(.failure(BenchError(reason)))
    }

    private func timerFired() {
        do throws(BenchError) {
            switch phase {
            case .settling:
                measurement = try Measurement(of: setting.processes)
                phase = .measuring
                timer?.start(after: setting.duration)
            case .measuring:
                try measurement?.end()
                phase = .over
                end(.success(report()))
            case .connecting, .over: return
            }
        } catch {
            fail(error.description)
        }
    }

    private func report() -> BenchReport {
        var report = BenchReport()
        report.add("scenario", "scenario", .text("idle"))
        report.add("server", "server", .text("\(setting.target.url) (\(setting.target.door.rawValue) door)"))
        report.add("connections", "connections", .count(UInt64(count)))
        guard let measurement else { return report }
        report.add("seconds", "measured for", .number(measurement.seconds), "s")
        if !setting.processes.isEmpty {
            let growth = Double(measurement.server.resident) - Double(before.resident)
            report.add("rss_before_kib", "server memory before", .count(before.resident), "KiB")
            report.add("kib_per_connection", "memory per connection", .number(growth / Double(count)), "KiB")
        }
        measurement.report(to: &report, per: "connection", count: UInt64(count))
        return report
    }
}

extension IdleRun: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {
        if let channel, setting.target.door == .native {
            (connection as? BenchConnection)?.sendText(ClientFrame.subscribe(.channel(channel), ref: 1))
        }
        guard pool?.noteOpened() == true else { return }
        phase = .settling
        loop.updateTime()
        timer?.start(after: setting.warmUp)
    }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        let framing = setting.target.door.framing
        while let frame = framing.frame(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            // What the native door says in text is nothing that an idle connection would answer.
            if setting.target.door.publishing != setting.target.door
                || frame.first != ServerFrameHead.wholeText
            {
                connection.control(frame, bytes)
            }
            if !connection.isOpen { return }
        }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) { fail(reason) }
}
