import EventLoop

/// Clients that publish over the native door as fast as they are acknowledged, and nobody who listens: what does it cost
/// to take a message in and hand it to the broker?
public final class IngestRun: BenchRun {
    public var ended: ((Result<BenchReport, BenchError>) -> Void)?

    private enum Phase: String {
        case connecting
        case warmingUp = "warming up"
        case measuring
        case over
    }

    private let loop: EventLoop
    private let setting: BenchSetting
    private let plan: IngestPlan
    private var phase = Phase.connecting
    private var pool: ConnectionPool?
    private var clients: [IngestClient] = []
    private var timer: LoopTimer?
    private var measurement: Measurement?
    private var acknowledged: UInt64 = 0
    private var refused: UInt64 = 0
    private var outOfOrder: UInt64 = 0
    private var firstProblem: String?
    private var acknowledgedBefore: UInt64 = 0
    private var acknowledgedAtLastProgress: UInt64 = 0
    private var latency = Histogram()

    public init(on loop: EventLoop, _ setting: BenchSetting, _ plan: IngestPlan) {
        self.loop = loop
        self.setting = setting
        self.plan = plan
    }

    public func start() {
        timer = LoopTimer(on: loop) { [unowned self] in self.timerFired() }
        let (loop, target) = (loop, setting.target)
        guard target.door == .native else {
            return fail("publishing is acknowledged on the native door only: use --door native")
        }
        pool = ConnectionPool(plan.clients, ramp: setting.ramp) { [unowned self] index in
            BenchConnection(index, on: loop, target, path: target.door.path(channel: ""), owner: self)
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
        if phase == .connecting { return "connecting: \(pool?.opened ?? 0) of \(plan.clients)" }
        defer { acknowledgedAtLastProgress = acknowledged }
        return "\(phase.rawValue): \(acknowledged - acknowledgedAtLastProgress) publishes, \(refused) refused"
    }

    private func fail(_ reason: String) {
        guard phase != .over else { return }
        phase = .over
        end(.failure(BenchError(reason)))
    }

    private func startPublishing() {
        guard let pool else { return }
        phase = .warmingUp
        clients = pool.connections.compactMap { $0 as? BenchConnection }.map { IngestClient($0, plan) }
        let now = MonotonicClock.now
        for client in clients { client.fill(now: now) }
        loop.updateTime()
        timer?.start(after: setting.warmUp)
    }

    private func timerFired() {
        do throws(BenchError) {
            switch phase {
            case .warmingUp:
                measurement = try Measurement(of: setting.processes)
                acknowledgedBefore = acknowledged
                latency = Histogram()
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
        report.add("scenario", "scenario", .text("ingest"))
        report.add("server", "server", .text("\(setting.target.url)"))
        report.add("clients", "clients", .count(UInt64(plan.clients)))
        report.add("window", "unanswered each", .count(UInt64(plan.window)))
        report.add("size_bytes", "message size", .count(UInt64(plan.traffic.size)), "bytes")
        guard let measurement else { return report }
        let count = acknowledged - acknowledgedBefore
        report.add("seconds", "measured for", .number(measurement.seconds), "s")
        report.add("publishes_per_second", "acknowledged", .number(Double(count) / measurement.seconds), "/s")
        if !setting.processes.isEmpty, measurement.server.processor > 0 {
            let rate = Double(count) / (Double(measurement.server.processor) / 1e9)
            report.add("publishes_per_server_cpu_second", "per core of the server", .number(rate), "/s")
        }
        report.add("refused", "refused", .count(refused))
        report.add("reordered", "out of order", .count(outOfOrder))
        if let firstProblem { report.add("first_problem", "first problem", .text(firstProblem)) }
        report.add("latency", "acknowledged after", latency)
        measurement.report(to: &report, per: "publish", count: count)
        return report
    }
}

extension IngestRun: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {
        if pool?.noteOpened() == true { startPublishing() }
    }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        let client = clients.isEmpty ? nil : clients[connection.index]
        let now = MonotonicClock.now
        while let frame = ServerFrameHead(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            guard frame.first == ServerFrameHead.wholeText else {
                connection.control(frame, bytes)
                if !connection.isOpen { return }
                continue
            }
            guard let client else { continue }
            let payload = bytes.extracting(frame.start..<frame.end)
            switch Acknowledgements.outcome(payload, number: client.answered) {
            case .acknowledged:
                acknowledged += 1
                let sent = client.answer()
                if phase == .measuring { latency.record(now - min(sent, now)) }
            case .outOfOrder:
                outOfOrder += 1
                _ = client.answer()
            case .refused(let reason):
                refused += 1
                firstProblem = firstProblem ?? reason
                _ = client.answer()
            case .other: continue
            }
        }
        if phase == .warmingUp || phase == .measuring { client?.fill(now: now) }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) { fail(reason) }
}
