import Client
import EventLoop
import Glibc
import Wire

/// Many subscribers, few publishers: what does a delivery cost, how long does it take, does each one arrive?
///
/// Phases: connect and subscribe; publish priming messages until every subscriber has had one (so that nothing depends
/// on which reply a server gives when); warm up; measure; stop publishing and wait for the rest; report.
public final class FanoutRun: BenchRun {
    public var ended: ((Result<BenchReport, BenchError>) -> Void)?

    private enum Phase: String {
        case connecting
        case priming
        case warmingUp = "warming up"
        case measuring
        case draining
        case over
    }

    private let loop: EventLoop
    let setting: BenchSetting
    let plan: FanoutPlan
    private var phase = Phase.connecting
    private(set) var ledger: DeliveryLedger
    private var pool: ConnectionPool?
    private var publishers: [any Publisher] = []
    private var openPublishers = 0
    /// Connected subscribers per channel.
    private var audience: [Int]
    private var schedule: Schedule?
    private var pacer: Pacer?
    private var phaseTimer: LoopTimer?
    private var primingDeadline: UInt64 = 0
    private(set) var measurement: Measurement?
    /// Deliveries that what was published asks for.
    private(set) var expected: UInt64 = 0
    private(set) var publishedBefore: UInt64 = 0
    private(set) var publishedAfter: UInt64 = 0
    private(set) var sendDelay = Histogram()
    private(set) var disconnected = 0
    private(set) var firstReason: String?
    private(set) var stalls = 0
    private var oldestAtLastCheck: UInt64 = 0
    private var deliveredAtLastCheck: UInt64 = 0
    private var quietChecks = 0
    private var deliveredAtLastProgress: UInt64 = 0

    private static let primingInterval: UInt64 = 100
    /// In milliseconds.
    private static let primingPatience: UInt64 = 30_000

    public init(on loop: EventLoop, _ setting: BenchSetting, _ plan: FanoutPlan) {
        self.loop = loop
        self.setting = setting
        self.plan = plan
        ledger = DeliveryLedger(
            plan.traffic, door: setting.target.door,
            window: plan.rate == nil ? plan.window : 0)
        audience = (0..<plan.traffic.channels).map(plan.traffic.subscribers(of:))
    }

    public func start() {
        phaseTimer = LoopTimer(on: loop) { [unowned self] in self.phaseTimerFired() }
        do throws(LoopError) {
            pacer = try Pacer(on: loop) { [unowned self] in self.publishWhatIsDue() }
        } catch {
            return fail("\(error)")
        }
        let (loop, target, traffic) = (loop, setting.target, plan.traffic)
        pool = ConnectionPool(traffic.subscribers, ramp: setting.ramp) { [unowned self] index in
            let channel = traffic.channelName(traffic.channel(of: index))
            return Door.subscriber(index, on: loop, target, channel: channel, owner: self)
        }
        for index in 0..<traffic.publishers {
            if let redis = plan.redis {
                let form: MessageTemplate =
                    plan.payload == .text ? .text(traffic) : .message(traffic, time: Int64(time(nil)) * 1000)
                publishers.append(RedisPublisher(redis, on: loop, form, owner: self))
            } else {
                publishers.append(
                    DoorPublisher(target, on: loop, traffic, channel: index % traffic.channels, owner: self))
            }
        }
        for publisher in publishers { publisher.connect() }
        pool?.start()
    }

    public func close() {
        phase = .over
        loop.onTurnEnd(nil)
        pool?.close()
        for publisher in publishers { publisher.close() }
        pacer?.close()
        phaseTimer?.close()
    }

    private func fail(_ reason: String) {
        guard phase != .over else { return }
        phase = .over
        end(.failure(BenchError(reason)))
    }

    public var progress: String {
        switch phase {
        case .connecting: return "connecting: \(pool?.opened ?? 0) of \(plan.traffic.subscribers)"
        case .priming: return "priming: \(ledger.primed) of \(plan.traffic.subscribers) subscribers reached"
        default:
            let delivered = ledger.counts.delivered
            let recent = delivered - deliveredAtLastProgress
            deliveredAtLastProgress = delivered
            let p99 = BenchReport.decimal(Double(ledger.latency.quantile(0.99)) / 1e6, places: 2)
            return "\(phase.rawValue): \(recent) deliveries, \(ledger.counts.missing) missing, p99 \(p99) ms"
        }
    }

    // MARK: Phases

    private func startPrimingIfReady() {
        guard phase == .connecting, pool?.opened == plan.traffic.subscribers,
            openPublishers == publishers.count
        else { return }
        phase = .priming
        loop.updateTime()
        primingDeadline = loop.now + Self.primingPatience
        prime()
    }

    private func prime() {
        guard ledger.primed < plan.traffic.subscribers else { return startPublishing() }
        guard loop.now < primingDeadline else {
            let missing = plan.traffic.subscribers - ledger.primed
            return fail(
                "\(missing) of \(plan.traffic.subscribers) subscribers hear nothing of what is published")
        }
        for channel in 0..<plan.traffic.channels where !ledger.isPrimed(channel: channel) {
            let publisher = channel % publishers.count
            publishers[publisher].publish(
                Stamp(
                    channel: UInt32(channel), publisher: UInt16(publisher), sequence: 0, time: 0,
                    kind: .priming))
        }
        for publisher in publishers { publisher.flush() }
        phaseTimer?.start(after: Self.primingInterval)
    }

    private func startPublishing() {
        phase = .warmingUp
        if let rate = plan.rate {
            let schedule = Schedule(start: MonotonicClock.now + 10_000_000, rate: rate)
            self.schedule = schedule
            pacer?.schedule(at: schedule.start)
        } else {
            loop.onTurnEnd { [unowned self] in self.fillWindow() }
            fillWindow()
        }
        loop.updateTime()
        phaseTimer?.start(after: setting.warmUp)
    }

    private func phaseTimerFired() {
        do throws(BenchError) {
            switch phase {
            case .priming: prime()
            case .warmingUp:
                phase = .measuring
                let measurement = try Measurement(of: setting.processes)
                self.measurement = measurement
                ledger.measuredFrom = measurement.from
                publishedBefore = ledger.published
                sendDelay = Histogram()
                phaseTimer?.start(after: setting.duration)
            case .measuring:
                phase = .draining
                try measurement?.end()
                ledger.measuredUntil = measurement?.until ?? .max
                publishedAfter = ledger.published
                loop.onTurnEnd(nil)
                phaseTimer?.start(after: 100, every: 100)
            case .draining: checkDrained()
            case .connecting, .over: return
            }
        } catch {
            fail(error.description)
        }
    }

    /// Ends when everything has come, or nothing more has for two seconds.
    private func checkDrained() {
        let delivered = ledger.counts.delivered
        quietChecks = delivered == deliveredAtLastCheck ? quietChecks + 1 : 0
        deliveredAtLastCheck = delivered
        guard delivered >= expected || quietChecks >= 20 else { return }
        phase = .over
        end(.success(report()))
    }

    /// A window whose oldest message lost a delivery must not hold up the rest.
    public func check() {
        guard plan.rate == nil, phase == .warmingUp || phase == .measuring else { return }
        if ledger.outstanding > 0, ledger.oldest == oldestAtLastCheck {
            stalls += 1
            ledger.giveUpOutstanding()
            fillWindow()
        }
        oldestAtLastCheck = ledger.oldest
    }

    // MARK: Publishing

    private func publishWhatIsDue() {
        guard let schedule, phase == .warmingUp || phase == .measuring else { return }
        let now = MonotonicClock.now
        while schedule.time(of: ledger.published) <= now {
            let due = schedule.time(of: ledger.published)
            sendDelay.record(now - due)
            publish(time: due)
        }
        for publisher in publishers { publisher.flush() }
        pacer?.schedule(at: schedule.time(of: ledger.published))
    }

    private func fillWindow() {
        guard phase == .warmingUp || phase == .measuring, ledger.outstanding < UInt64(plan.window) else {
            return
        }
        let now = MonotonicClock.now
        while ledger.outstanding < UInt64(plan.window), audience.contains(where: { $0 > 0 }) {
            publish(time: now)
        }
        for publisher in publishers { publisher.flush() }
    }

    private func publish(time: UInt64) {
        let stamp = plan.traffic.stamp(of: ledger.published, time: time)
        let subscribers = audience[Int(stamp.channel)]
        _ = ledger.publish(to: subscribers)
        expected += UInt64(subscribers)
        publishers[Int(stamp.publisher)].publish(stamp)
    }
}

extension FanoutRun: PublisherOwner {
    func publisherOpened() {
        openPublishers += 1
        startPrimingIfReady()
    }

    func publisherFailed(_ reason: String) { fail(reason) }
}

extension FanoutRun: BenchConnectionOwner {
    func connectionOpened(_ connection: any BenchSubscriber) {
        if setting.target.door == .native {
            let name = plan.traffic.channelName(plan.traffic.channel(of: connection.index))
            // The name was checked when the traffic was made.
            if let channel = try? ChannelName(validating: name) {
                (connection as? BenchConnection)?.sendText(ClientFrame.subscribe(.channel(channel), ref: 1))
            }
        }
        if pool?.noteOpened() == true { startPrimingIfReady() }
    }

    func connectionReceived(_ connection: any BenchSubscriber, _ bytes: Span<UInt8>, _ position: inout Int) {
        let now = MonotonicClock.now
        while let frame = ledger.take(bytes, &position, subscriber: connection.index, now: now) {
            guard setting.target.door == .native, frame.first == ServerFrameHead.wholeText else {
                connection.control(frame, bytes)
                if !connection.isOpen { return }
                continue
            }
            if case .error(let code, let text, _) = try? ServerFrame(
                bytes.extracting(frame.start..<frame.end))
            {
                fail("the server answered: \(text) (\(code))")
            }
        }
    }

    func connectionClosed(_ connection: any BenchSubscriber, _ reason: String) {
        guard phase == .warmingUp || phase == .measuring || phase == .draining else { return fail(reason) }
        disconnected += 1
        firstReason = firstReason ?? reason
        audience[plan.traffic.channel(of: connection.index)] -= 1
    }
}
