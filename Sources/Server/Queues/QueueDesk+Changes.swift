import Broker
import EventLoop
import Front
import Hub
import Wire

/// What clients say about jobs that they have, and about new ones.
extension QueueDesk {
    /// A job is done. Those of one turn go to the broker together.
    /// - Parameter then: gets whether the lease still stood.
    func finish(_ id: JobID, of queue: QueueName, then: @escaping (Result<Bool, BrokerFailure>) -> Void) {
        let holder = take(id, of: queue)
        finished[queue, default: []].append(FinishedJob(id: id, holder: holder, then: then))
    }

    func retry(
        _ id: JobID, of queue: QueueName, delay: Int64, then: @escaping (Result<Bool, BrokerFailure>) -> Void
    ) {
        let job = FinishedJob(id: id, holder: take(id, of: queue), then: then)
        change([job], of: queue, .retry(delay: delay))
    }

    /// - Parameters:
    ///   - lease: milliseconds; `nil` for the queue's own.
    ///   - then: gets the lease's milliseconds; `nil` if it stood no more.
    func renew(
        _ id: JobID, of queue: QueueName, lease: Int64?,
        then: @escaping (Result<Int64?, BrokerFailure>) -> Void
    ) {
        let rule = rules.rule(for: queue)
        let lease = lease ?? rule.leaseMilliseconds
        worker.broker.change([id], of: queue, .renew(lease), attempts: rule.attempts) { [self] result in
            if case .success(let stood) = result, let served = queues[queue] {
                if stood.first != true {
                    served.roster.drop(id)
                    want(served)
                } else if let connection = served.roster.holder(of: id) {
                    served.roster.hold(id, connection, until: worker.loop.now + UInt64(clamping: lease))
                }
            }
            then(result.map { $0.first == true ? lease : nil })
        }
    }

    func push(
        _ data: Span<UInt8>, _ form: MessageEncoder.DataForm, to queue: QueueName, delay: Int64,
        then: @escaping (Result<Void, BrokerFailure>) -> Void
    ) {
        var item: [UInt8] = []
        JobData.appendItem(data, form, to: &item)
        worker.broker.push(item, to: queue, delay: delay, then: then)
    }

    /// Sends what was finished in this turn.
    func sendFinished() {
        guard !finished.isEmpty else { return }
        let jobs = finished
        finished = [:]
        for (queue, jobs) in jobs {
            for start in stride(from: 0, to: jobs.count, by: Self.maximumBatch) {
                change(Array(jobs[start..<min(start + Self.maximumBatch, jobs.count)]), of: queue, .done)
            }
        }
    }

    /// Jobs of one call, at most.
    private static let maximumBatch = 500

    private func change(_ jobs: [FinishedJob], of queue: QueueName, _ change: LeaseChange) {
        let attempts = rules.rule(for: queue).attempts
        worker.broker.change(jobs.map(\.id), of: queue, change, attempts: attempts) { [self] result in
            for (index, job) in jobs.enumerated() {
                switch result {
                case .success(let stood):
                    if job.holder == nil, stood[index] { tellHolder(job.id, of: queue) }
                    job.then(.success(stood[index]))
                case .failure(let failure):
                    // It is its consumer's still.
                    if let holder = job.holder {
                        queues[queue]?.roster.hold(job.id, holder.connection, until: holder.end)
                    }
                    job.then(.failure(failure))
                }
            }
        }
    }

    /// Somebody else may have it among his unfinished ones, on whatever worker.
    private func tellHolder(_ id: JobID, of queue: QueueName) {
        worker.broker.signal(Array(id.description.utf8), on: .signal("queue", of: queue))
    }

    /// Takes a job from its consumer, who has room for another then; who that was.
    private func take(_ id: JobID, of queue: QueueName) -> (connection: ConnectionID, end: UInt64)? {
        guard let served = queues[queue], let end = served.roster.leaseEnd(of: id),
            let connection = served.roster.drop(id)
        else { return nil }
        want(served)
        return (connection, end)
    }

    func send(_ job: Job, of served: ServedQueue, to slot: QueueRoster.Slot) {
        var bytes: [UInt8] = []
        if slot.isWaiter {
            NativeEncoder.appendLeased(served.name, job.id, job.payload.span, to: &bytes)
            worker.front.respond(to: slot.connection, .json(bytes))
        } else {
            NativeEncoder.appendJob(served.name, job.id, job.payload.span, to: &bytes)
            worker.front.sendText(bytes.span, to: slot.connection)
        }
    }
}
