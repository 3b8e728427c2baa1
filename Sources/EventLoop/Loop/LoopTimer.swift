internal import CUV

/// A timer on a loop. Confined to the loop's thread; fires never early, late by up to a turn.
public final class LoopTimer {
    private let timer: TimerHandle

    public init(on loop: EventLoop, _ fire: @escaping () -> Void) {
        timer = TimerHandle(on: loop, fire)
    }

    /// Fires after `delay` milliseconds, then every `interval` milliseconds unless that is 0. Restarts a running timer.
    public func start(after delay: UInt64, every interval: UInt64 = 0) { timer.start(delay, interval) }

    public func stop() { timer.stop() }

    /// Required before the loop closes; the timer is of no use afterwards.
    public func close() { timer.close() }

    deinit { timer.close() }
}

private final class TimerHandle: LoopHandle {
    private let fire: () -> Void

    private var timer: UnsafeMutablePointer<uv_timer_t> {
        unsafe memory.assumingMemoryBound(to: uv_timer_t.self)
    }

    init(on loop: EventLoop, _ fire: @escaping () -> Void) {
        self.fire = fire
        super.init(UV_TIMER)
        unsafe uv_timer_init(loop.loop, timer)
        adopt()
    }

    func start(_ delay: UInt64, _ interval: UInt64) {
        guard !isClosed else { return }
        unsafe uv_timer_start(timer, { timer in unsafe TimerHandle.owner(timer)?.fire() }, delay, interval)
    }

    func stop() {
        guard !isClosed else { return }
        unsafe uv_timer_stop(timer)
    }
}
