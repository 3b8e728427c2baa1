/// What other threads ask of a worker.
enum WorkerSignal: Sendable {
    /// Start accepting connections.
    case listen
    /// The memory broker has something for it.
    case drainBroker
    /// End, dropping every connection.
    case stop
}
