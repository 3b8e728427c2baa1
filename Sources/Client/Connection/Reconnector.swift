import EventLoop

/// Decides when a client connects again. Confined to its loop's thread.
///
/// The first connection must come about within `patience` milliseconds, or the user has most likely named the wrong
/// server; once connected, it tries for as long as it takes.
final class Reconnector {
    private let loop: EventLoop
    private let patience: UInt64
    private let attempt: () -> Void
    private var backoff = Backoff()
    private var timer: LoopTimer?
    private let started: UInt64
    private var hasConnected = false
    private var isRetrying = false

    /// - Parameter attempt: starts a connection.
    init(on loop: EventLoop, patience: UInt64, attempt: @escaping () -> Void) {
        self.loop = loop
        self.patience = patience
        self.attempt = attempt
        started = loop.now
        timer = LoopTimer(on: loop, attempt)
    }

    /// The server is there, but asks to come back.
    func postponed() { hasConnected = true }

    /// A connection works. Whether it is one made again.
    func connected() -> Bool {
        defer {
            hasConnected = true
            isRetrying = false
        }
        backoff.reset()
        return isRetrying
    }

    /// Plans the next attempt: the milliseconds until then, or `nil` if it is time to give up.
    func retry() -> UInt64? {
        loop.updateTime()
        let delay = backoff.next()
        guard hasConnected || loop.now + delay < started + patience else { return nil }
        isRetrying = true
        timer?.start(after: delay)
        return delay
    }

    /// A delay in words: `0.4 s`.
    static func seconds(_ milliseconds: UInt64) -> String {
        let tenths = (milliseconds + 99) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }

    func close() {
        timer?.close()
        timer = nil
    }
}
