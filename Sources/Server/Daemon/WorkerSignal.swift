import EventLoop
import Front

/// What other threads ask of a worker.
enum WorkerSignal: Sendable {
    /// These are all workers of the node, itself included, by index.
    case meet([Mailbox<WorkerSignal>])
    /// Take over a connection of another worker.
    case adopt(IncomingConnection)
    /// Start accepting connections.
    case listen
    /// The memory broker has something for it.
    case drainBroker
    /// These settings hold from now on.
    case configure(WorkerSettings)
    /// TLS handshakes are made with these from now on.
    case renew(ServerTLSSettings)
    /// Finish what is under way, tell every client to go elsewhere, and end; at the latest so many milliseconds from now.
    case drain(within: UInt64)
    /// End at once.
    case stop
}
