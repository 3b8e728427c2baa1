import EventLoop

/// One scenario under way, on one loop. Confined to its thread.
public protocol BenchRun: AnyObject {
    /// Called once, when the run has ended.
    var ended: ((Result<BenchReport, BenchError>) -> Void)? { get set }

    func start()

    /// Called once a second.
    func check()

    /// One line on how far it is.
    var progress: String { get }

    /// Closes everything. Nothing is called afterwards.
    func close()
}

extension BenchRun {
    /// Gives the outcome, once.
    func end(_ result: Result<BenchReport, BenchError>) {
        let ended = ended
        self.ended = nil
        ended?(result)
    }
}
