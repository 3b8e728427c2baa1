import Dispatch
import EventLoop
import Glibc

/// Reads a file descriptor on a thread of its own (a terminal, pipe or file alike may block) and hands the bytes to a
/// loop. It reads the next piece only after `resume()`: a slow consumer slows the producer down.
public final class InputReader {
    public enum Event: Sendable {
        /// Never empty.
        case bytes([UInt8])
        case end
        /// The system's words.
        case failed(String)
    }

    // Made with 0: a semaphore that is let go of below the value it was made with traps.
    private let wanted = DispatchSemaphore(value: 0)
    private let mailbox: Mailbox<Event>
    private let thread: WorkerThread

    private static let pieceSize = 64 * 1024

    /// Starts reading `descriptor`, which must stay open. The thread may still wait in `read` when this object is
    /// gone; it ends with the process.
    public init(on loop: EventLoop, descriptor: Int32, receive: @escaping (Event) -> Void) throws(LoopError) {
        let mailbox = Mailbox<Event>(on: loop) { events in events.forEach(receive) }
        self.mailbox = mailbox
        let wanted = wanted
        wanted.signal()
        thread = try WorkerThread {
            while true {
                wanted.wait()
                let event = Self.read(descriptor)
                mailbox.post(event)
                guard case .bytes = event else { return }
            }
        }
    }

    /// Asks for the next piece. Call once after each `.bytes`.
    public func resume() { wanted.signal() }

    public func close() { mailbox.close() }

    private static func read(_ descriptor: Int32) -> Event {
        while true {
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, initialized in
                count = unsafe Glibc.read(descriptor, buffer.baseAddress, pieceSize)
                initialized = max(count, 0)
            }
            if count > 0 { return .bytes(bytes) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilReadable(descriptor)
            case let code: return .failed(unsafe String(cString: strerror(code)))
            }
        }
    }

    /// For a descriptor that another program has made non-blocking.
    private static func waitUntilReadable(_ descriptor: Int32) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, -1)
    }
}
