import Broker
import Wire

/// Queues: a list of anybody's, and Roost's own keys beside it, see Lua/queue.lua.
extension RedisBroker: QueueBroker {
    /// Connections that wait for queues, at most.
    static let maximumWatches = 64

    public func push(
        _ payload: [UInt8], to queue: QueueName, delay: Int64,
        then: @escaping (Result<Void, BrokerFailure>) -> Void
    ) {
        call("push", queue, attempts: 0, [String(delay).bytes, payload]) { then($0.map { _ in }) }
    }

    public func lease(
        _ request: LeaseRequest, then: @escaping (Result<LeaseAnswer, BrokerFailure>) -> Void
    ) {
        let sizes = [String(request.maximumJob).bytes, String(request.maximumBytes).bytes]
        call(
            "lease", request.queue, attempts: request.attempts,
            sizes + request.leases.map { String($0).bytes }
        ) { then($0.flatMap(Self.leaseAnswer)) }
    }

    public func change(
        _ ids: [JobID], of queue: QueueName, _ change: LeaseChange, attempts: Int,
        then: @escaping (Result<[Bool], BrokerFailure>) -> Void
    ) {
        let (operation, time): (String, Int64) =
            switch change {
            case .done: ("done", 0)
            case .retry(let delay): ("retry", delay)
            case .renew(let lease): ("renew", lease)
            case .release: ("release", 0)
            case .undo: ("undo", 0)
            }
        call(
            operation, queue, attempts: attempts,
            [String(time).bytes] + ids.map { $0.description.bytes }
        ) { result in
            then(
                result.flatMap { value in
                    guard let values = value.array, values.count == ids.count else {
                        return .failure(Self.malformedQueue)
                    }
                    return .success(values.map { $0.integer == 1 })
                })
        }
    }

    public func queueStatus(
        of queue: QueueName, attempts: Int, then: @escaping (Result<QueueStatus, BrokerFailure>) -> Void
    ) {
        call("status", queue, attempts: attempts, []) { result in
            then(
                result.flatMap { value in
                    let counts = (value.array ?? []).compactMap { $0.integer.flatMap(Int.init(exactly:)) }
                    guard counts.count == 5 else { return .failure(Self.malformedQueue) }
                    return .success(
                        QueueStatus(
                            waiting: counts[0], leased: counts[1], delayed: counts[2], dead: counts[3],
                            done: counts[4]))
                })
        }
    }

    private func call(
        _ operation: String, _ queue: QueueName, attempts: Int, _ arguments: [[UInt8]],
        then: @escaping (Result<RespValue, BrokerFailure>) -> Void
    ) {
        let own = ["returned", "delayed", "leases", "jobs", "counts", "dead"].map { redisKey(queue, $0) }
        let channel = redisChannel(.signal("queue", of: queue))
        call(
            .queue, keys: [prefix + queue.bytes] + own,
            arguments: [operation.bytes, channel, String(attempts).bytes] + arguments
        ) { then($0.mapError(Self.explained)) }
    }

    /// What queue.lua returned for `lease`.
    private static func leaseAnswer(_ value: RespValue) -> Result<LeaseAnswer, BrokerFailure> {
        guard let values = value.array, values.count >= 3, values.count % 2 == 1,
            let waiting = values[1].integer, let oversized = values[2].integer
        else { return .failure(malformedQueue) }
        var answer = LeaseAnswer()
        answer.nextDue = values[0].integer
        answer.waiting = Int(clamping: waiting)
        answer.oversized = Int(clamping: oversized)
        for index in stride(from: 3, to: values.count, by: 2) {
            // Somebody has written to the keys. The lease ends by itself.
            guard let id = values[index].bytes.flatMap({ JobID($0.span) }), let item = values[index + 1].bytes
            else { continue }
            answer.jobs.append(Job(id: id, payload: item))
        }
        return .success(answer)
    }

    private static var malformedQueue: BrokerFailure {
        .refused("the keys of this queue hold something else")
    }

    private static func explained(_ failure: BrokerFailure) -> BrokerFailure {
        guard case .refused(let reason) = failure else { return failure }
        // The connection is made anew at once, with the scripts, to the present master.
        if reason.hasPrefix("NOSCRIPT") || reason.hasPrefix("READONLY") { return .unavailable }
        return reason.contains("WRONGTYPE")
            ? .refused("the key of this queue holds something that is not a list") : failure
    }

    // MARK: Awaiting

    public func awaitJob(in queue: QueueName, then: @escaping (Result<Void, BrokerFailure>) -> Void) {
        let watch: QueueWatch
        if let known = watches[queue] {
            watch = known
        } else if watches.count < Self.maximumWatches, commands != nil {
            watch = QueueWatch(on: loop, settings, key: prefix + queue.bytes, name: "\(name)-queue")
            watches[queue] = watch
        } else {
            failedCalls.append { then(.failure(.overloaded)) }
            return
        }
        watch.wait { then($0.mapError(Self.explained)) }
    }

    public func ignoreJobs(in queue: QueueName) { watches.removeValue(forKey: queue)?.close() }
}
