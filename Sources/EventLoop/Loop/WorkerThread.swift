internal import CUV
internal import Glibc

/// One operating-system thread that runs `body` once. It goes on when this object is gone, and then frees itself.
@safe public final class WorkerThread {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private var thread = uv_thread_t()
    private var joined = false

    public init(_ body: @escaping @Sendable () -> Void) throws(LoopError) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        let status = unsafe uv_thread_create(
            &thread,
            { start in
                guard let start = unsafe start else { return }
                unsafe Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body()
            }, start.toOpaque())
        guard status == 0 else {
            unsafe start.release()
            throw LoopError(status, "cannot start a thread")
        }
    }

    deinit {
        if !joined { pthread_detach(thread) }
    }

    /// Waits for the body to return. Call once, from another thread.
    public func join() {
        guard !joined else { return }
        joined = true
        unsafe uv_thread_join(&thread)
    }
}
