internal import CUV

/// A libuv loop, owned by one thread.
///
/// Everything made from it (timers, streams, polls) is confined to that thread; only `Mailbox.post` may be called
/// from others. libuv: https://docs.libuv.org/en/v1.x/loop.html
@safe public final class EventLoop {
    let loop: UnsafeMutablePointer<uv_loop_t>
    let readBuffer = ReadBuffer()
    private var turnEnd: TurnEndHook?

    public init() throws(LoopError) {
        unsafe loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let status = unsafe uv_loop_init(loop)
        guard status == 0 else {
            unsafe loop.deallocate()
            throw LoopError(status, "cannot create an event loop")
        }
    }

    /// Runs until `stop()`, or until nothing is left to wait for.
    public func run() { unsafe uv_run(loop, UV_RUN_DEFAULT) }

    /// Handles what is ready, without waiting. For tests, and for closing down.
    public func runOnce() { unsafe uv_run(loop, UV_RUN_NOWAIT) }

    /// Makes `run()` return after the current turn.
    public func stop() { unsafe uv_stop(loop) }

    /// Milliseconds on a monotonic clock, as of the start of this turn.
    public var now: UInt64 { unsafe uv_now(loop) }

    /// Nanoseconds on the same clock, read now: about 25 ns, no system call.
    public var nanoseconds: UInt64 { uv_hrtime() }

    /// Re-reads the clock, for code that has run long within a turn.
    public func updateTime() { unsafe uv_update_time(loop) }

    /// Sets what runs once per turn just before the loop would sleep (`uv_prepare_t`): the place to write what the
    /// turn has gathered. The one hook of a loop; setting it again replaces it, `nil` removes it.
    public func onTurnEnd(_ body: (() -> Void)?) {
        turnEnd?.close()
        turnEnd = body.map { TurnEndHook(on: self, $0) }
    }

    /// The `uv_loop_t *`, for a C library that shares this loop.
    public var foreignPointer: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(loop) }

    /// Lets closed handles finish and frees the loop. Every handle must have been closed before.
    public func close() {
        onTurnEnd(nil)
        unsafe uv_run(loop, UV_RUN_DEFAULT)
        let status = unsafe uv_loop_close(loop)
        assert(status == 0, "a handle was left open on the loop")
        if status == 0 { unsafe loop.deallocate() }
    }
}
