import EventLoop

/// Connections that are opened and dropped at once, a bounded number at a time: what does a handshake cost?
public final class ConnectRun: BenchRun {
    public var ended: ((Result<BenchReport, BenchError>) -> Void)?

    private enum Phase: String {
        case warmingUp = "warming up"
        case measuring
        case over
    }

    private let loop: EventLoop
    private let setting: BenchSetting
    private let clients: Int
    private var phase = Phase.warmingUp
    private var connections: [BenchConnection?] = []
    private var startTimes: [UInt64] = []
    private var timer: LoopTimer?
    private var measurement: Measurement?
    private var completed: UInt64 = 0
    private var completedAtLastProgress: UInt64 = 0
    private var latency = Histogram()

    /// - Parameter clients: how many handshakes are under way at a time.
    public init(on loop: EventLoop, _ setting: BenchSetting, clients: Int) throws(BenchError) {
        guard (1...4096).contains(clients) else { throw BenchError("--clients must be 1 to 4096") }
        self.loop = loop
        self.setting = setting
        self.clients = clients
    }

    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in self.timerFired() }
        connections = [BenchConnection?](repeating: nil, count: clients)
        startTimes = [UInt64](repeating: 0, count: clients)
        for index in 0..<clients { connect(index) }
        timer?.start(after: setting.warmUp)
    }

    public func close() {
        phase = .over
        for connection in connections { connection?.close() }
        timer?.close()
    }

    public func check() {}

    public var progress: String {
        defer { completedAtLastProgress = completed }
        return "\(phase.rawValue): \(completed - completedAtLastProgress) handshakes"
    }

    private func fail(_ reason: String) {
        guard phase != .over else { return }
        phase = .over
        end(.failure(BenchError(reason)))
    }

    private func connect(_ index: Int) {
        let path = setting.target.door.path(channel: "bench")
        let connection = BenchConnection(index, on: loop, setting.target, path: path, owner: self)
        connections[index] = connection
        startTimes[index] = MonotonicClock.now
        connection.connect()
    }

    private func timerFired() {
        do throws(BenchError) {
            switch phase {
            case .warmingUp:
                measurement = try Measurement(of: setting.processes)
                completed = 0
                completedAtLastProgress = 0
                latency = Histogram()
                phase = .measuring
                timer?.start(after: setting.duration)
            case .measuring:
                try measurement?.end()
                phase = .over
                end(.success(report()))
            case .over: return
            }
        } catch {
            fail(error.description)
        }
    }

    private func report() -> BenchReport {
        var report = BenchReport()
        report.add("scenario", "scenario", .text("connect"))
        report.add("server", "server", .text("\(setting.target.url) (\(setting.target.door.rawValue) door)"))
        report.add("clients", "handshakes at a time", .count(UInt64(clients)))
        guard let measurement else { return report }
        report.add("seconds", "measured for", .number(measurement.seconds), "s")
        report.add(
            "handshakes_per_second", "handshakes", .number(Double(completed) / measurement.seconds), "/s")
        if !setting.processes.isEmpty, measurement.server.processor > 0 {
            let rate = Double(completed) / (Double(measurement.server.processor) / 1e9)
            report.add("handshakes_per_server_cpu_second", "per core of the server", .number(rate), "/s")
        }
        report.add("latency", "connected after", latency)
        measurement.report(to: &report, per: "handshake", count: completed)
        return report
    }
}

extension ConnectRun: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {
        completed += 1
        latency.record(MonotonicClock.now - startTimes[connection.index])
        connection.close()
        if phase != .over { connect(connection.index) }
    }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        position = bytes.count
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) { fail(reason) }
}
