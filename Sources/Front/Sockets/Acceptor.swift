import CRoost
import EventLoop
import Glibc
import Logging

/// Accepts connections from one listening socket, up to 64 per loop turn so that those already open get theirs.
final class Acceptor {
    private let descriptor: Int32
    private let accepted: (Int32) -> Void
    private let loop: EventLoop
    private var poll: ReadinessPoll?
    /// Runs while the process is out of file descriptors and accepting is put off.
    private var retry: LoopTimer?

    private static let perTurn = 64
    private static let retryDelay: UInt64 = 100

    /// - Parameter accepted: gets each connection's descriptor, non-blocking, and owns it.
    init(on loop: EventLoop, descriptor: Int32, accepted: @escaping (Int32) -> Void) throws(LoopError) {
        self.descriptor = descriptor
        self.accepted = accepted
        self.loop = loop
        try watch()
    }

    private func watch() throws(LoopError) {
        poll = try ReadinessPoll(on: loop, descriptor: descriptor) { [unowned self] in accept() }
    }

    private func accept() {
        for _ in 0..<Self.perTurn {
            let connection = roost_accept(descriptor)
            if connection >= 0 {
                accepted(connection)
                continue
            }
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return postpone(errno)
            case EAGAIN: return
            default: continue  // That connection ended before it was accepted, or a signal came.
            }
        }
    }

    /// The listening socket stays readable, so that watching on would spin.
    private func postpone(_ error: Int32) {
        Logger(label: "roost.front").error(
            "cannot accept connections for now",
            metadata: ["reason": "\(LoopError(-error, "accept"))", "retry": "\(Self.retryDelay) ms"])
        poll?.close()
        poll = nil
        let retry = LoopTimer(on: loop) { [unowned self] in
            try? watch()
            if poll == nil { self.retry?.start(after: Self.retryDelay) }
        }
        retry.start(after: Self.retryDelay)
        self.retry = retry
    }

    func close() {
        poll?.close()
        retry?.close()
    }
}
