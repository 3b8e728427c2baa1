import EventLoop
import Foundation
import Testing

/// An event loop driven by the test itself, turn by turn, until what it waits for is true.
public final class LoopRunner {
    public let loop: EventLoop
    private var ticker: LoopTimer?

    public init() throws {
        // As every program with streams does.
        signal(SIGPIPE, SIG_IGN)
        loop = try EventLoop()
    }

    /// Turns the loop until `condition` holds; records a failure that names `what` when it does not in time.
    /// - Parameter seconds: generous, as it only matters when the test fails.
    public func run(
        until what: String, within seconds: Double = 20, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: () -> Bool
    ) {
        let deadline = ContinuousClock.now + .seconds(seconds)
        // Wakes the sleeping loop, so that conditions that other threads bring about are seen too.
        let ticker = self.ticker ?? LoopTimer(on: loop) { [loop] in loop.stop() }
        self.ticker = ticker
        ticker.start(after: 1, every: 1)
        defer { ticker.stop() }
        while !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record("not within \(seconds) s: \(what)", sourceLocation: sourceLocation)
                return
            }
            loop.run()
        }
    }

    /// Turns the loop for a while, for tests that something does *not* happen.
    public func run(forMilliseconds duration: Int) {
        let end = ContinuousClock.now + .milliseconds(duration)
        run(until: "time passes") { ContinuousClock.now >= end }
    }

    /// Call at the end of a test, when everything made on the loop has been closed or let go of.
    public func close() {
        ticker?.close()
        ticker = nil
        loop.close()
    }
}
