import Wire

/// Queues in memory. All programs that push do so through a port, so there is nothing to await beyond signals.
extension MemoryBrokerPort: QueueBroker {
    public func push(
        _ payload: [UInt8], to queue: QueueName, delay: Int64,
        then: @escaping (Result<Void, BrokerFailure>) -> Void
    ) {
        ask({ (result: Result<Result<Void, BrokerFailure>, BrokerFailure>) in then(result.flatMap { $0 }) }) {
            state, now in
            let outcome = state.queues.push(payload, to: queue, delay: delay, now: now)
            state.tellNews(of: queue)
            return outcome
        }
    }

    public func lease(
        _ request: LeaseRequest, then: @escaping (Result<LeaseAnswer, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let answer = state.queues.with(request.queue) { $0.lease(request, now: now) }
            state.tellNews(of: request.queue)
            return answer
        }
    }

    public func change(
        _ ids: [JobID], of queue: QueueName, _ change: LeaseChange, attempts: Int,
        then: @escaping (Result<[Bool], BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let stood = state.queues.with(queue) { $0.change(ids, change, attempts: attempts, now: now) }
            state.tellNews(of: queue)
            return stood
        }
    }

    public func queueStatus(
        of queue: QueueName, attempts: Int, then: @escaping (Result<QueueStatus, BrokerFailure>) -> Void
    ) {
        ask(then) { state, now in
            let status = state.queues.with(queue) { $0.status(attempts: attempts, now: now) }
            state.tellNews(of: queue)
            return status
        }
    }

    public func awaitJob(in queue: QueueName, then: @escaping (Result<Void, BrokerFailure>) -> Void) {}

    public func ignoreJobs(in queue: QueueName) {}
}

extension MemoryBrokerState {
    /// Signals that there is something to lease, if there is.
    mutating func tellNews(of queue: QueueName) {
        if queues.takeNews(queue) { signal([], on: .signal("queue", of: queue)) }
    }
}
