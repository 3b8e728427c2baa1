internal import CRoost
import EventLoop
import Glibc

/// Wakes a loop at a given nanosecond, which libuv's millisecond timers cannot: a message that is sent late looks like
/// a slow server. `timerfd_create(2)`.
final class Pacer {
    private let descriptor: Int32
    private var poll: ReadinessPoll?

    init(on loop: EventLoop, _ fire: @escaping () -> Void) throws(LoopError) {
        descriptor = roost_timer_create()
        guard descriptor >= 0 else { throw LoopError(-errno, "cannot make a timer") }
        let descriptor = descriptor
        do throws(LoopError) {
            poll = try ReadinessPoll(on: loop, descriptor: descriptor) {
                var count: UInt64 = 0
                guard unsafe read(descriptor, &count, 8) == 8 else { return }
                fire()
            }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    /// Fires once at `time` on the monotonic clock, or at once if that has passed.
    func schedule(at time: UInt64) {
        // Cannot fail: the descriptor is a timer and the time is valid.
        _ = roost_timer_set(descriptor, time)
    }

    func close() {
        guard let poll else { return }
        self.poll = nil
        poll.close()
        Glibc.close(descriptor)
    }

    deinit { close() }
}
