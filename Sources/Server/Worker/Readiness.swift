import Broker
import Synchronization

/// What each worker last heard of its broker: `/readyz` speaks for the whole node. Thread-safe.
final class Readiness: Sendable {
    private let draining = Atomic(false)
    private let statuses: Mutex<[BrokerStatus]>

    init(workers: Int) { statuses = Mutex(Array(repeating: .connecting, count: workers)) }

    /// The node is going away.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    func drain() { draining.store(true, ordering: .relaxed) }

    func update(worker: Int, _ status: BrokerStatus) {
        statuses.withLock { $0[worker] = status }
    }

    /// `.ready` if every worker's broker is; else the first other status.
    var status: BrokerStatus {
        statuses.withLock { statuses in statuses.first { $0 != .ready } ?? .ready }
    }
}
