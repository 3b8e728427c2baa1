import EventLoop

/// A loop's timer that goes off for the next of many deadlines. Confined to the loop's thread.
final class DeadlineTimer {
    private unowned let loop: EventLoop
    private var timer: LoopTimer?
    /// What it is set for.
    private var target: UInt64?

    init(on loop: EventLoop, _ fire: @escaping () -> Void) {
        self.loop = loop
        timer = LoopTimer(on: loop) { [unowned self] in
            target = nil
            fire()
        }
    }

    /// Makes it go off at `deadline`, in loop time, unless it does so before anyhow.
    func set(_ deadline: UInt64?) {
        guard let deadline, target.map({ deadline < $0 }) ?? true else { return }
        target = deadline
        timer?.start(after: deadline > loop.now ? deadline - loop.now : 0)
    }

    /// Required before the loop closes.
    func close() {
        timer?.close()
        timer = nil
    }
}
