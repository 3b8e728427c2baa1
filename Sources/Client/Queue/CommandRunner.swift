import EventLoop
import Glibc
import Wire

/// Does jobs by running a program for each, with the job's data on its standard input and `ROOST_QUEUE`,
/// `ROOST_JOB_ID` and `ROOST_JOB_ATTEMPT` in its environment. A job is done when its program exits with 0; otherwise it
/// is tried again later. Confined to its loop's thread.
public final class CommandRunner {
    private let loop: EventLoop
    private let session: WorkSession
    private let queue: QueueName
    private let command: [String]
    private let slots: Int
    private let isSingle: Bool
    private let notice: (String) -> Void
    private let ready: () -> Void
    private let ended: (ClientError?) -> Void

    /// Jobs for which there is no place yet: after a lease has ended early, more may come than there are places.
    private var waiting: [QueueJob] = []
    private var running: [String: SpawnedProcess] = [:]
    private var interruptions = 0
    /// What has ended is not reported any more.
    private var isGivingBack = false
    private var failure: ClientError?
    private var timer: LoopTimer?

    /// How long programs have to end after SIGTERM, in milliseconds.
    private static let patience: UInt64 = 5000

    /// - Parameters:
    ///   - command: the program and its arguments; not empty.
    ///   - slots: how many programs run at a time.
    ///   - notice: hears what the user should know meanwhile.
    ///   - ready: called when the server knows of this worker, after each reconnection too.
    ///   - ended: called once. The error says why not all is well; a job that failed counts only if it was to be the
    ///     only one.
    public init(
        on loop: EventLoop, _ settings: WebSocketClient.Settings, _ queue: QueueName,
        _ options: WorkSession.Options, command: [String], notice: @escaping (String) -> Void,
        ready: @escaping () -> Void, ended: @escaping (ClientError?) -> Void
    ) {
        precondition(!command.isEmpty, "a command has a program")
        self.loop = loop
        self.queue = queue
        self.command = command
        self.notice = notice
        self.ready = ready
        self.ended = ended
        slots = options.credit
        isSingle = options.isSingle
        session = WorkSession(on: loop, settings, queue, options)
    }

    /// Call once.
    public func start() {
        session.delegate = self
        session.start()
    }

    /// The first time: takes no more jobs, and ends when those it has are done. The second time: gives them back. The
    /// third time: does not wait for their programs.
    public func interrupt() {
        interruptions += 1
        switch interruptions {
        case 1: session.drain()
        case 2: giveBack()
        default: signalAll(SIGKILL)
        }
    }

    private func giveBack() {
        guard !isGivingBack else { return }
        isGivingBack = true
        waiting = []
        guard !running.isEmpty else { return session.close() }
        signalAll(SIGTERM)
        timer = LoopTimer(on: loop) { [unowned self] in self.signalAll(SIGKILL) }
        timer?.start(after: Self.patience)
    }

    private func signalAll(_ number: Int32) { for process in running.values { process.signal(number) } }

    private func startWaiting() {
        while !isGivingBack, running.count < slots, !waiting.isEmpty {
            let job = waiting.removeFirst()
            let variables = [
                "ROOST_QUEUE": queue.description, "ROOST_JOB_ID": job.id,
                "ROOST_JOB_ATTEMPT": "\(job.attempt)",
            ]
            do throws(LoopError) {
                running[job.id] = try SpawnedProcess(on: loop, command, variables: variables, input: job.data)
                {
                    [weak self] end in self?.ended(job, end)
                }
            } catch {
                // It would fail for every job, and use up their attempts.
                failure = ClientError("\(error)")
                return giveBack()
            }
        }
    }

    private func ended(_ job: QueueJob, _ end: SpawnedProcess.End) {
        running[job.id] = nil
        if isGivingBack {
            if running.isEmpty { session.close() }
            return
        }
        if end == .status(0) {
            session.report(job.id, .done)
        } else {
            let reason =
                switch end {
                case .status(let status): "exit status \(status)"
                case .signal(let number): "ended by signal \(number)"
                }
            let error = ClientError("job \(job.id): \(reason); to be tried again in \(job.retryDelay) s")
            if isSingle { failure = error } else { notice(error.description) }
            session.report(job.id, .retry(delay: job.retryDelay))
        }
        startWaiting()
    }
}

extension CommandRunner: WorkSessionDelegate {
    public func workReceived(_ job: QueueJob, frame: Span<UInt8>) {
        waiting.append(job)
        startWaiting()
    }

    public func workReady() { ready() }

    public func workPaused() {}

    public func workNotice(_ text: String) { notice(text) }

    public func workEnded(_ error: ClientError?) {
        isGivingBack = true
        signalAll(SIGTERM)
        timer?.close()
        timer = nil
        ended(failure ?? error)
    }
}
