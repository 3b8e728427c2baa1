import EventLoop

/// What a worker tells the daemon.
enum WorkerReport: Sendable {
    /// It exists; the mailbox reaches it.
    case started(worker: Int, Mailbox<WorkerSignal>)
    /// It could not be made.
    case failed(String)
    /// It accepts no more connections.
    case stoppedListening
    /// It has ended in order.
    case ended
    /// Its broker came or went.
    case brokerChanged
}
