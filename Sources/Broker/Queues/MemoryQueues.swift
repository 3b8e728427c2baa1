import Wire

/// All queues in memory. Pure.
struct MemoryQueues {
    private var queues: [QueueName: MemoryQueue] = [:]
    /// Payloads and overhead of all queues.
    private var bytes = 0
    /// Bytes of all jobs; beyond, pushing is refused as `overloaded`.
    let maximumBytes: Int
    private var sweepCount = MemoryQueues.leastSweep

    /// As many queues as this may be remembered for their counts only.
    private static let leastSweep = 1_024

    init(maximumBytes: Int = 256 << 20) { self.maximumBytes = maximumBytes }

    /// Queues that are remembered.
    var count: Int { queues.count }

    mutating func push(
        _ payload: [UInt8], to queue: QueueName, delay: Int64, now: Int64
    ) -> Result<Void, BrokerFailure> {
        guard bytes + payload.count + MemoryQueue.overhead <= maximumBytes else {
            return .failure(.overloaded)
        }
        sweepIfDue()
        with(queue) { $0.push(payload, delay: delay, now: now) }
        return .success(())
    }

    /// Does something with a queue, which is made if need be.
    /// - Returns: what `body` returns.
    @discardableResult
    mutating func with<R>(_ queue: QueueName, _ body: (inout MemoryQueue) -> R) -> R {
        // Held once, so that changing it does not copy it.
        var found = queues.removeValue(forKey: queue) ?? MemoryQueue()
        bytes -= found.bytes
        defer {
            bytes += found.bytes
            queues[queue] = found.isUntouched ? nil : found
        }
        return body(&found)
    }

    /// Whether there is something new to lease since it was last asked.
    mutating func takeNews(_ queue: QueueName) -> Bool {
        guard queues[queue]?.hasNews == true else { return false }
        queues[queue]?.hasNews = false
        return true
    }

    /// Forgets queues that have no jobs, with their counts, once there are very many.
    private mutating func sweepIfDue() {
        guard queues.count > sweepCount else { return }
        queues = queues.filter { !$0.value.isEmpty }
        sweepCount = max(Self.leastSweep, queues.count * 2)
    }
}
