internal import CUV
import Synchronization

/// Messages from any thread to a loop's thread, in the order they were posted.
///
/// `post` takes a short lock and wakes the loop (`uv_async_send`, which coalesces); `receive` runs on the loop's
/// thread with all that has gathered. Unbounded: who posts bounds what it posts.
public final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    // Touched by the loop's thread, except for `uv_async_send`, which libuv allows from any thread; `state.isClosed`
    // under the lock keeps that from happening after the close.
    private nonisolated(unsafe) let wakeup: WakeupHandle

    /// Makes a mailbox read by `loop`'s thread, on which this must be called.
    public init(on loop: EventLoop, receive: @escaping ([Message]) -> Void) {
        unsafe wakeup = WakeupHandle(on: loop)
        unsafe wakeup.body = { [unowned self] in
            let messages = self.state.withLock { state in
                let messages = state.messages
                state.messages.removeAll(keepingCapacity: messages.count <= 1024)
                return messages
            }
            if !messages.isEmpty { receive(messages) }
        }
    }

    /// Adds a message and wakes the loop. Any thread. Dropped after `close()`.
    public func post(_ message: Message) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.messages.append(message)
            if state.messages.count == 1 { unsafe wakeup.send() }
        }
    }

    /// On the loop's thread. What has not been received is dropped.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.messages.removeAll()
        }
        unsafe wakeup.close()
    }
}

final class WakeupHandle: LoopHandle {
    var body: () -> Void = {}

    private var async: UnsafeMutablePointer<uv_async_t> {
        unsafe memory.assumingMemoryBound(to: uv_async_t.self)
    }

    init(on loop: EventLoop) {
        super.init(UV_ASYNC)
        // Fails only for want of file descriptors or memory, when the loop itself could not have been made.
        let status = unsafe uv_async_init(loop.loop, async) { async in
            unsafe WakeupHandle.owner(async)?.body()
        }
        precondition(status == 0, "uv_async_init failed")
        adopt()
    }

    func send() { unsafe uv_async_send(async) }
}
