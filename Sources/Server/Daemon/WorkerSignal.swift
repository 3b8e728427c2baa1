import EventLoop

/// What other threads ask of a worker.
enum WorkerSignal: Sendable {
    /// These are all workers of the node, itself included, by index.
    case meet([Mailbox<WorkerSignal>])
    /// Take over a connection of another worker, with what was read of it.
    case adopt(descriptor: Int32, received: [UInt8])
    /// Start accepting connections.
    case listen
    /// The memory broker has something for it.
    case drainBroker
    /// End, dropping every connection.
    case stop
}
