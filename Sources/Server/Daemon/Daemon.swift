import Access
import Broker
import EventLoop
import Front
internal import Glibc
import Limits
import Logging

/// The server: listening sockets, workers on their threads, and the signals that end it. Lives on the main thread.
public final class Daemon {
    private var settings: Settings
    /// What holds until the end of all that needs a restart to change.
    private let started: Settings
    private let logLevel: LogLevel
    private let reload: () throws(ConfigurationError) -> Settings
    private let workerCount: Int
    private let loop: EventLoop
    private let factory: BrokerFactory
    private var access: AccessPolicy
    private var keySetWatch: KeySetWatch?
    /// Where TLS is spoken.
    private var tlsWatch: TLSFileWatch?
    private let publicFolder: String?
    private let maximumConnections: Int
    private let maximumRefused: Int
    private var sockets: [(point: ListenPoint, socket: ListeningSocket)] = []
    private var threads: [WorkerThread] = []
    private var mailboxes: [Int: Mailbox<WorkerSignal>] = [:]
    private let readiness: Readiness
    private let limits = NodeLimits()
    private var isListening = false
    /// Begins the names of all connections of this node.
    private let node = String(UInt64.random(in: 0 ... .max), radix: 36)
    private var deaf = 0
    private var ended = 0
    private var failure: StartError?
    private let logger = Logger(label: "roost")

    /// Milliseconds that the broker has to answer when the server starts. Afterwards it may come and go.
    private static let brokerPatience: UInt64 = 3_000

    /// Takes everything the server needs from the system, or says what is not to be had.
    /// - Parameters:
    ///   - logLevel: the log's, which settings may change later.
    ///   - reload: reads the settings anew.
    public init(
        _ settings: Settings, _ logLevel: LogLevel,
        reload: @escaping () throws(ConfigurationError) -> Settings
    ) throws(StartError) {
        self.settings = settings
        self.logLevel = logLevel
        self.reload = reload
        started = settings
        workerCount = settings.workerCount
        readiness = Readiness(workers: workerCount)
        do {
            let wanted = settings.limits.connections ?? 0
            let limit = try FileLimit.raise(
                to: max(FileLimit.enough, FileLimit.files(connections: wanted, workers: workerCount)))
            maximumRefused = limit.refused
            maximumConnections = try Self.connections(settings, workerCount, limit)
            publicFolder = settings.publicFolder.path()
            if let publicFolder { _ = try PublicFolder(publicFolder) }
            factory = try BrokerFactory(settings.redis)
            loop = try EventLoop()
            (access, keySetWatch) = try Self.access(settings, loop)
            tlsWatch = try Self.tls(settings.tls, for: settings.listen, loop)
            for point in settings.listen {
                sockets.append((point, try ListeningSocket(on: point.address, workers: workerCount)))
            }
        } catch let error as StartError {
            throw error
        } catch {
            throw StartError("\(error)")
        }
    }

    /// Serves until SIGTERM or SIGINT. SIGHUP reads the configuration anew.
    /// - Throws: when a worker or the broker could not be started.
    public func run() throws(StartError) {
        signal(SIGPIPE, SIG_IGN)
        logger.info(
            "starting",
            metadata: [
                "version": "\(Version.current)", "broker": "\(factory.description)",
                "workers": "\(workerCount)", "access": "\(access.description)",
                "connections": "\(maximumConnections)", "public": "\(publicFolder ?? "none")",
            ])
        let reports = Mailbox<WorkerReport>(on: loop) { [unowned self] reports in
            for report in reports { take(report) }
        }
        let patience = LoopTimer(on: loop) { [unowned self] in giveUpOnBroker() }
        patience.start(after: Self.brokerPatience)
        do throws(LoopError) {
            // In a terminal a hang-up is the end of it; without one, it asks to read the configuration again.
            let hangsUp = isatty(STDIN_FILENO) != 0
            let signals = try [SIGTERM, SIGINT, SIGHUP].map { number throws(LoopError) in
                try SignalWatch(on: loop, number) { [unowned self] in
                    if number == SIGHUP, !hangsUp { configure() } else { end() }
                }
            }
            watchTLS()
            try startWorkers(reports)
            loop.run()
            for signal in signals { signal.close() }
        } catch {
            failure = StartError(error.description)
        }
        patience.close()
        keySetWatch?.close()
        tlsWatch?.close()
        join()
        reports.close()
        loop.close()
        if let failure { throw failure }
    }

    private func startWorkers(_ reports: Mailbox<WorkerReport>) throws(LoopError) {
        for index in 0..<workerCount {
            let body = WorkerBody(
                index: index,
                settings: workerSettings(index),
                publicFolder: publicFolder, broker: factory,
                listeners: sockets.flatMap { point, socket in
                    socket.descriptors(forWorker: index).map { Listener(descriptor: $0, point) }
                }, readiness: readiness, limits: limits,
                reports: reports)
            threads.append(try WorkerThread { body.run() })
        }
    }

    private func workerSettings(_ index: Int) -> WorkerSettings {
        var worker = WorkerSettings(
            settings, access, maximumConnections / workerCount, name: "\(node)\(index)", index: index,
            tls: tlsWatch?.current)
        worker.front.maximumRefused = maximumRefused / workerCount
        return worker
    }

    /// Reads the configuration anew. Where anything in it is wrong, all stays as it is.
    private func configure() {
        let found: Settings
        do throws(ConfigurationError) {
            found = try reload()
        } catch {
            for problem in error.problems { refuseConfiguration("\(problem)") }
            return
        }
        // It still listens where it did when it started.
        for point in SafeStart.unguarded(started.listen, found) {
            return refuseConfiguration(SafeStart.refusal(point))
        }
        do throws(StartError) {
            let tls = try Self.tls(found.tls, for: started.listen, loop)
            let (access, watch) = try Self.access(found, loop)
            keySetWatch?.close()
            (self.access, keySetWatch) = (access, watch)
            tlsWatch?.close()
            tlsWatch = tls
            watchTLS()
        } catch {
            return refuseConfiguration("\(error)")
        }
        settings = found
        for key in SettingKey.all where key.needsRestart && !key.isSame(in: settings, as: started) {
            logger.warning("a setting has changed that needs a restart", metadata: ["setting": "\(key.name)"])
        }
        for (index, mailbox) in mailboxes { mailbox.post(.configure(workerSettings(index))) }
        // Said by the old level or by the new one, whichever says more.
        logLevel.level = min(logLevel.level, settings.log.level)
        logger.info("configured anew")
        logLevel.level = settings.log.level
    }

    private func refuseConfiguration(_ problem: String) {
        logger.error("the configuration is wrong: nothing was changed", metadata: ["problem": "\(problem)"])
    }

    /// Reads the keys that the settings name, and looks after them from then on.
    private static func access(
        _ settings: Settings, _ loop: EventLoop
    ) throws(StartError) -> (AccessPolicy, KeySetWatch?) {
        let keys = AccessKeys(settings.auth)
        if let problem = keys.problems.first { throw StartError("\(problem.name): \(problem.message)") }
        let ring = KeyRing(keys.fixed + keys.set)
        let watch = settings.auth.keySetFile.map { KeySetWatch($0, fixed: keys.fixed, ring, on: loop) }
        return (AccessPolicy(settings, ring), watch)
    }

    /// The same for the files of TLS; `nil` where none is spoken.
    private static func tls(
        _ settings: Settings.TLS, for points: [ListenPoint], _ loop: EventLoop
    ) throws(StartError) -> TLSFileWatch? {
        points.contains(where: \.isSecure) ? try TLSFileWatch(settings, on: loop) : nil
    }

    private func watchTLS() {
        tlsWatch?.changed = { [unowned self] tls in
            for mailbox in mailboxes.values { mailbox.post(.renew(tls)) }
        }
    }

    /// A signal to end has come: the first lets clients go in order, any further one does not.
    private func end() {
        guard !readiness.isDraining, !mailboxes.isEmpty else {
            logger.info("stopping at once")
            return loop.stop()
        }
        readiness.drain()
        logger.info("draining", metadata: ["within": "\(TimeSpan.text(settings.drain))"])
        for mailbox in mailboxes.values { mailbox.post(.drain(within: settings.drain.milliseconds)) }
    }

    private func join() {
        for mailbox in mailboxes.values { mailbox.post(.stop) }
        // A worker that failed has ended by itself; one that has not reported yet would not hear.
        for (index, thread) in threads.enumerated() where mailboxes[index] != nil { thread.join() }
        closeSockets()
    }

    private func closeSockets() {
        for (_, socket) in sockets { socket.close() }
        sockets = []
    }

    // MARK: Reports

    private func take(_ report: WorkerReport) {
        switch report {
        case .started(let worker, let mailbox):
            mailboxes[worker] = mailbox
            // It may have been made with what has changed since.
            if let tls = tlsWatch?.current { mailbox.post(.renew(tls)) }
            if readiness.isDraining { mailbox.post(.drain(within: settings.drain.milliseconds)) }
        case .failed(let reason): fail(reason)
        case .stoppedListening:
            deaf += 1
            // Nobody is to come to a socket that nobody accepts from.
            if deaf == workerCount { closeSockets() }
        case .ended:
            ended += 1
            if ended == workerCount {
                logger.info("stopped")
                loop.stop()
            }
        case .brokerChanged: break
        }
        guard !isListening, !readiness.isDraining else { return }
        if readiness.status == .ready, mailboxes.count == workerCount { listen() }
    }

    private func listen() {
        isListening = true
        let workers = (0..<workerCount).compactMap { mailboxes[$0] }
        for mailbox in workers { mailbox.post(.meet(workers)) }
        for mailbox in mailboxes.values { mailbox.post(.listen) }
        for (point, socket) in sockets {
            for address in socket.boundAddresses {
                let bound = ListenPoint(
                    address, isSecure: point.isSecure, expectsProxyHeader: point.expectsProxyHeader)
                logger.info("listening", metadata: ["address": "\(bound.url)"])
            }
        }
    }

    private func giveUpOnBroker() {
        guard !isListening, !readiness.isDraining else { return }
        guard case .unavailable(let reason) = readiness.status else {
            return fail("no answer from \(factory.description) within \(Self.brokerPatience) ms")
        }
        fail("cannot reach the broker: \(reason)")
    }

    private func fail(_ reason: String) {
        failure = failure ?? StartError(reason)
        loop.stop()
    }

    // MARK: Limits

    /// How many connections all workers may have together.
    private static func connections(
        _ settings: Settings, _ workerCount: Int, _ limit: FileLimit
    ) throws(StartError) -> Int {
        let available = limit.connections(workers: workerCount)
        let least = settings.limits.connections ?? 1
        guard available >= least else {
            throw StartError(
                "the limit of open files (\(limit.soft)) leaves room for \(available) connections, \(least) are "
                    + "wanted; raise it (ulimit -n, LimitNOFILE=) or lower limits.connections")
        }
        return settings.limits.connections ?? available
    }
}
