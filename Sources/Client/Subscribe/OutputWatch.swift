import EventLoop
import Glibc

/// Notices that nobody reads a pipe any more while there is nothing to write to it, so that
/// `roost subscribe x | head -1` ends with `head` and not with the next message.
public final class OutputWatch {
    private let mailbox: Mailbox<Void>
    private let thread: WorkerThread

    /// Watches `descriptor` from a thread that ends with the process; `nil` unless it is a pipe.
    public init?(on loop: EventLoop, descriptor: Int32, readerGone: @escaping () -> Void) throws(LoopError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return nil }
        let mailbox = Mailbox<Void>(on: loop) { _ in readerGone() }
        self.mailbox = mailbox
        thread = try WorkerThread {
            // No events asked for: `poll` returns for POLLERR alone, which is what a pipe without a reader has.
            var poll = pollfd(fd: descriptor, events: 0, revents: 0)
            while unsafe Glibc.poll(&poll, 1, -1) <= 0 {
                if errno != EINTR { return }
            }
            mailbox.post(())
        }
    }

    public func close() { mailbox.close() }
}
