import EventLoop
import Glibc
import Limits
import Logging
import Wire

/// Connections that must begin with a PROXY protocol header, until it is read. Nothing behind it is: that is for whoever
/// takes the connection over. Confined to the loop's thread.
final class ProxyGate {
    /// One that waits for its header.
    private final class Visitor {
        let connection: IncomingConnection
        var decoder = ProxyHeaderDecoder()
        var poll: ReadinessPoll?
        /// Loop time, in ms.
        let deadline: UInt64

        init(_ connection: IncomingConnection, deadline: UInt64) {
            self.connection = connection
            self.deadline = deadline
        }
    }

    private let loop: EventLoop
    private let counters: LimitCounters
    private let passed: (IncomingConnection) -> Void
    private let logger = Logger(label: "roost.front")
    /// By descriptor.
    private var visitors: [Int32: Visitor] = [:]
    private var scratch = [UInt8](repeating: 0, count: 1024)

    /// - Parameter passed: gets each connection whose header is read, from whom that says it is.
    init(on loop: EventLoop, _ counters: LimitCounters, passed: @escaping (IncomingConnection) -> Void) {
        self.loop = loop
        self.counters = counters
        self.passed = passed
    }

    /// How many wait.
    var count: Int { visitors.count }

    /// Takes a connection that was just accepted, for at most `timeout` milliseconds.
    func admit(_ connection: IncomingConnection, timeout: UInt64) {
        let visitor = Visitor(connection, deadline: loop.now + timeout)
        visitors[connection.descriptor] = visitor
        read(visitor)
        guard visitors[connection.descriptor] === visitor else { return }
        visitor.poll = try? ReadinessPoll(on: loop, descriptor: connection.descriptor) {
            [unowned self, unowned visitor] in read(visitor)
        }
        if visitor.poll == nil { turnAway(visitor, "it cannot be watched") }
    }

    private func read(_ visitor: Visitor) {
        let descriptor = visitor.connection.descriptor
        while true {
            let wanted = min(visitor.decoder.needed, scratch.count)
            let count = unsafe recv(descriptor, &scratch, wanted, Int32(MSG_DONTWAIT))
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { return }
                return turnAway(visitor, "it has ended before its PROXY protocol header")
            }
            do throws(ProxyHeaderError) {
                let bytes = scratch
                guard let source = try visitor.decoder.next(bytes.span.extracting(0..<count)) else {
                    continue
                }
                release(visitor)
                return passed(visitor.connection.from(source))
            } catch {
                return turnAway(visitor, "\(error)")
            }
        }
    }

    /// Closes those whose time is over.
    func expire(now: UInt64) {
        for visitor in visitors.values where now >= visitor.deadline {
            counters.count(.handshakeTimeout)
            turnAway(visitor, "its PROXY protocol header has not come in time")
        }
    }

    func close() {
        for visitor in visitors.values {
            release(visitor)
            Glibc.close(visitor.connection.descriptor)
        }
    }

    private func turnAway(_ visitor: Visitor, _ reason: String) {
        logger.debug(
            "closing a connection",
            metadata: ["reason": "\(reason)", "peer": "\(visitor.connection.peer)"])
        release(visitor)
        Glibc.close(visitor.connection.descriptor)
    }

    private func release(_ visitor: Visitor) {
        visitors[visitor.connection.descriptor] = nil
        visitor.poll?.close()
    }
}

extension IncomingConnection {
    /// The same, from whom a proxy says it is.
    fileprivate func from(_ source: ProxyHeaderDecoder.Source) -> IncomingConnection {
        guard case .address(let high, let low) = source else { return self }
        return IncomingConnection(
            descriptor: descriptor, peer: PeerAddress(high: high, low: low), isSecure: isSecure)
    }
}
