import Broker
import TestSupport
import Testing
import Wire

/// Queues as a test sees them: each call waits for its answer. The queue is `QueueTrial.queue`.
extension BrokerFixture {
    /// What a call answers; `nil` if that is a failure, which is recorded.
    func answer<Answer>(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ ask: (@escaping (Result<Answer, BrokerFailure>) -> Void) -> Void
    ) -> Answer? {
        var result: Result<Answer, BrokerFailure>?
        ask { answer in
            if result != nil { Issue.record("answered twice", sourceLocation: sourceLocation) }
            result = answer
        }
        if result != nil { Issue.record("answered within the call", sourceLocation: sourceLocation) }
        run(until: "it is answered", sourceLocation: sourceLocation) { result != nil }
        switch result {
        case .success(let answer): return answer
        case .failure(let failure):
            Issue.record("failed: \(failure)", sourceLocation: sourceLocation)
            return nil
        case nil: return nil
        }
    }

    func push(_ text: String, delay: Int64 = 0, by worker: Int = 0) {
        push(Array(text.utf8), delay: delay, by: worker)
    }

    func push(_ payload: [UInt8], delay: Int64 = 0, by worker: Int = 0) {
        _ = answer { workers[worker].broker.push(payload, to: QueueTrial.queue, delay: delay, then: $0) }
    }

    func lease(_ request: LeaseRequest, by worker: Int = 0) -> LeaseAnswer? {
        answer { workers[worker].broker.lease(request, then: $0) }
    }

    func lease(_ leases: [Int64], by worker: Int = 0) -> LeaseAnswer {
        lease(LeaseRequest(queue: QueueTrial.queue, leases: leases, attempts: 5), by: worker) ?? LeaseAnswer()
    }

    /// Tries for one job until there is one.
    func leaseWhenThere(by worker: Int = 0) -> [Job] {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let jobs = lease([3_600_000], by: worker).jobs
            if !jobs.isEmpty { return jobs }
            runner.run(forMilliseconds: 5)
        }
        return []
    }

    func change(_ jobs: [Job], _ change: LeaseChange) -> [Bool] {
        answer {
            workers[0].broker.change(jobs.map(\.id), of: QueueTrial.queue, change, attempts: 5, then: $0)
        } ?? []
    }

    func status(attempts: Int = 5) -> QueueStatus {
        answer { workers[0].broker.queueStatus(of: QueueTrial.queue, attempts: attempts, then: $0) }
            ?? QueueStatus()
    }
}

extension Job {
    var text: String { String(decoding: payload, as: UTF8.self) }
}
