internal import CUV

/// Calls back on the loop's thread when the process gets a signal. Does not keep the loop alive.
public final class SignalWatch {
    private let signal: SignalHandle

    public init(on loop: EventLoop, _ number: Int32, _ received: @escaping () -> Void) throws(LoopError) {
        signal = try SignalHandle(on: loop, number, received)
    }

    public func close() { signal.close() }

    deinit { signal.close() }
}

private final class SignalHandle: LoopHandle {
    private let received: () -> Void

    init(on loop: EventLoop, _ number: Int32, _ received: @escaping () -> Void) throws(LoopError) {
        self.received = received
        super.init(UV_SIGNAL)
        let signal = unsafe memory.assumingMemoryBound(to: uv_signal_t.self)
        let status = unsafe uv_signal_init(loop.loop, signal)
        guard status == 0 else { throw LoopError(status, "cannot watch signals") }
        adopt()
        unsafe uv_unref(handle)
        let started = unsafe uv_signal_start(
            signal, { signal, _ in unsafe SignalHandle.owner(signal)?.received() }, number)
        guard started == 0 else {
            close()
            throw LoopError(started, "cannot watch signal \(number)")
        }
    }
}
