import EventLoop
import Glibc

/// Runs one scenario to its end on a loop of its own, with progress once a second. Blocks.
public enum BenchDriver {
    /// - Parameters:
    ///   - make: makes the run, on the loop that it is given.
    ///   - progress: hears a line a second; `nil`: nobody wants to know.
    public static func run(
        progress: ((String) -> Void)?, make: (EventLoop) throws -> any BenchRun
    ) throws -> BenchReport {
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        let loop = try EventLoop()
        let run = try make(loop)
        var result: Result<BenchReport, BenchError> = .failure(BenchError("interrupted"))
        run.ended = { outcome in
            result = outcome
            loop.stop()
        }
        let ticker = LoopTimer(on: loop) {
            run.check()
            progress?(run.progress)
        }
        var watches: [SignalWatch] = []
        for number in [SIGINT, SIGTERM] { watches.append(try SignalWatch(on: loop, number) { loop.stop() }) }
        ticker.start(after: 1000, every: 1000)
        run.start()
        loop.run()
        run.close()
        ticker.close()
        for watch in watches { watch.close() }
        loop.close()
        return try result.get()
    }

    /// Each connection is a descriptor: takes as many as the system allows without asking.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
