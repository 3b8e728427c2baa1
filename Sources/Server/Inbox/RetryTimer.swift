import EventLoop

/// Calls back some time later, once. A second `start` before that changes nothing.
protocol RetryTimer: AnyObject {
    func start(_ body: @escaping () -> Void)
}

/// The real one: a second.
final class LoopRetryTimer: RetryTimer {
    private var timer: LoopTimer?
    private var body: (() -> Void)?

    /// In milliseconds.
    static let pause: UInt64 = 1_000

    init(on loop: EventLoop) {
        timer = LoopTimer(on: loop) { [unowned self] in fire() }
    }

    func start(_ body: @escaping () -> Void) {
        guard self.body == nil else { return }
        self.body = body
        timer?.start(after: Self.pause)
    }

    private func fire() {
        let body = body
        self.body = nil
        body?()
    }

    func close() {
        timer?.close()
        timer = nil
        body = nil
    }
}
