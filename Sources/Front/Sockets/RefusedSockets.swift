import EventLoop
import Glibc

/// Sockets that have been told why they are not served, until their peers have read it: to close one at once, with its
/// request unread, would be a reset, which throws away what was sent. Confined to the loop's thread.
final class RefusedSockets {
    private struct Refused {
        let descriptor: Int32
        /// Loop time, in ms.
        let deadline: UInt64
    }

    private let loop: EventLoop
    /// The oldest first.
    private var sockets: [Refused] = []
    private var timer: LoopTimer?
    private var scratch = [UInt8](repeating: 0, count: 4096)

    /// Beyond, the oldest are closed.
    private let maximum: Int
    /// Milliseconds that a peer has to read and to close.
    private static let linger: UInt64 = 1_000
    private static let step: UInt64 = 100

    init(on loop: EventLoop, maximum: Int) {
        self.loop = loop
        self.maximum = max(1, maximum)
        timer = LoopTimer(on: loop) { [unowned self] in sweep() }
    }

    /// Sends `answer` as far as the socket takes it unasked, and ends the connection.
    func refuse(_ descriptor: Int32, _ answer: [UInt8]) {
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        let sent = unsafe send(descriptor, answer, answer.count, flags)
        guard sent == answer.count, shutdown(descriptor, Int32(SHUT_WR)) == 0 else {
            Glibc.close(descriptor)
            return
        }
        if sockets.count == maximum { end(sockets.removeFirst()) }
        sockets.append(Refused(descriptor: descriptor, deadline: loop.now + Self.linger))
        if sockets.count == 1 { timer?.start(after: Self.step, every: Self.step) }
    }

    /// Closes all at once; whether there were any.
    func makeRoom() -> Bool {
        defer { sockets = [] }
        for socket in sockets { end(socket) }
        return !sockets.isEmpty
    }

    func close() {
        _ = makeRoom()
        timer?.close()
    }

    private func sweep() {
        let now = loop.now
        sockets.removeAll { socket in
            guard now >= socket.deadline || readOver(socket.descriptor) else { return false }
            end(socket)
            return true
        }
        if sockets.isEmpty { timer?.stop() }
    }

    private func end(_ socket: Refused) {
        _ = readOver(socket.descriptor)
        Glibc.close(socket.descriptor)
    }

    /// Reads what has come, some of it at least; whether that was the end.
    private func readOver(_ descriptor: Int32) -> Bool {
        for _ in 0..<4 {
            let count = unsafe recv(descriptor, &scratch, scratch.count, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            if count < 0 { return errno != EAGAIN && errno != EINTR }
        }
        return false
    }
}
