internal import CUV

/// Tells when a file descriptor is readable: listening sockets, inotify and the like. Does not own the descriptor.
public final class ReadinessPoll {
    private let poll: PollHandle

    public init(on loop: EventLoop, descriptor: Int32, onReadable: @escaping () -> Void) throws(LoopError) {
        poll = try PollHandle(on: loop, descriptor: descriptor, onReadable)
    }

    /// Stops watching for good; call before closing the descriptor.
    public func close() { poll.close() }

    deinit { poll.close() }
}

private final class PollHandle: LoopHandle {
    private let onReadable: () -> Void

    init(on loop: EventLoop, descriptor: Int32, _ onReadable: @escaping () -> Void) throws(LoopError) {
        self.onReadable = onReadable
        super.init(UV_POLL)
        let poll = unsafe memory.assumingMemoryBound(to: uv_poll_t.self)
        let status = unsafe uv_poll_init(loop.loop, poll, descriptor)
        guard status == 0 else { throw LoopError(status, "cannot watch descriptor \(descriptor)") }
        adopt()
        unsafe uv_poll_start(poll, Int32(UV_READABLE.rawValue)) { poll, _, _ in
            unsafe PollHandle.owner(poll)?.onReadable()
        }
    }
}
