import CRoost
import EventLoop
import Glibc
import Logging

/// Accepts connections from one listening socket, up to 64 per loop turn so that those already open get theirs.
final class Acceptor {
    private let listener: Listener
    private let accepted: (IncomingConnection) -> Void
    private let loop: EventLoop
    private var poll: ReadinessPoll?
    /// Closes sockets that are needed least; whether there were any.
    var makesRoom: () -> Bool = { false }
    /// Runs while the process is out of file descriptors and accepting is put off.
    private var retry: LoopTimer?

    private static let perTurn = 64
    private static let retryDelay: UInt64 = 100

    /// - Parameter accepted: gets each connection, and owns it.
    init(
        on loop: EventLoop, _ listener: Listener, accepted: @escaping (IncomingConnection) -> Void
    ) throws(LoopError) {
        self.listener = listener
        self.accepted = accepted
        self.loop = loop
        try watch()
    }

    private func watch() throws(LoopError) {
        poll = try ReadinessPoll(on: loop, descriptor: listener.descriptor) { [unowned self] in accept() }
    }

    private func accept() {
        for _ in 0..<Self.perTurn {
            var peer: (UInt64, UInt64) = (0, 0)
            let connection = unsafe withUnsafeMutableBytes(of: &peer) { peer in
                unsafe roost_accept(
                    listener.descriptor, peer.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            if connection >= 0 {
                let peer = PeerAddress(high: UInt64(bigEndian: peer.0), low: UInt64(bigEndian: peer.1))
                accepted(
                    IncomingConnection(descriptor: connection, peer: peer, isSecure: listener.isSecure))
                continue
            }
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                let error = errno
                if !makesRoom() { return postpone(error) }
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
