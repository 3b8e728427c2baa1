import Broker
import Wire

/// A queue as simple as can be, for comparison: arrays of jobs, and a clock that the test sets.
struct QueueModel {
    struct Job {
        let payload: [UInt8]
        var attempt = 0
        /// The order in which jobs were first numbered; 0 for one that has no number.
        var number = 0
    }

    var now: Int64 = 0
    let attempts: Int
    private var list: [Job] = []
    private var returned: [Job] = []
    private var leased: [(job: Job, end: Int64)] = []
    private var delayed: [(job: Job, due: Int64)] = []
    private var numbers = 0
    private var dead = 0
    private var done = 0

    init(attempts: Int) { self.attempts = attempts }

    mutating func push(_ payload: [UInt8], delay: Int64) {
        guard delay > 0 else { return list.append(Job(payload: payload)) }
        numbers += 1
        delayed.append((Job(payload: payload, number: numbers), now + delay))
    }

    private mutating func reap() {
        for entry in leased.filter({ $0.end <= now }).sorted(by: {
            ($0.end, $0.job.number) < ($1.end, $1.job.number)
        }) {
            giveBack(entry.job, isFirst: false)
        }
        leased.removeAll { $0.end <= now }
        for entry in delayed.filter({ $0.due <= now }).sorted(by: {
            ($0.due, $0.job.number) < ($1.due, $1.job.number)
        }) {
            if entry.job.attempt == 0 {
                list.append(Job(payload: entry.job.payload))
            } else {
                returned.append(entry.job)
            }
        }
        delayed.removeAll { $0.due <= now }
    }

    private mutating func giveBack(_ job: Job, isFirst: Bool) {
        if job.attempt >= attempts {
            dead += 1
        } else {
            returned.insert(job, at: isFirst ? 0 : returned.count)
        }
    }

    /// The payloads and attempts of the jobs that are leased.
    mutating func lease(_ leases: [Int64]) -> [(payload: [UInt8], attempt: Int)] {
        reap()
        var taken: [(payload: [UInt8], attempt: Int)] = []
        for lease in leases {
            var job: Job
            if !returned.isEmpty {
                job = returned.removeFirst()
            } else if !list.isEmpty {
                job = list.removeFirst()
                numbers += 1
                job.number = numbers
            } else {
                break
            }
            job.attempt += 1
            leased.append((job, now + lease))
            taken.append((job.payload, job.attempt))
        }
        return taken
    }

    /// Leases are named by payload, which must be different ones, and attempt.
    mutating func change(_ ids: [(payload: [UInt8], attempt: Int)], _ change: LeaseChange) -> [Bool] {
        let isBackwards = change == .release || change == .undo
        var stood = ids.map { _ in false }
        for index in isBackwards ? Array(ids.indices.reversed()) : Array(ids.indices) {
            let id = ids[index]
            guard
                let place = leased.firstIndex(where: {
                    $0.job.payload == id.payload && $0.job.attempt == id.attempt
                })
            else { continue }
            stood[index] = true
            if case .renew(let lease) = change {
                leased[place].end = now + lease
                continue
            }
            var job = leased.remove(at: place).job
            switch change {
            case .renew: break
            case .done: done += 1
            case .retry(let delay) where delay > 0 && job.attempt < attempts:
                delayed.append((job, now + delay))
            case .retry: giveBack(job, isFirst: false)
            case .release: giveBack(job, isFirst: true)
            case .undo:
                job.attempt -= 1
                if job.attempt == 0 {
                    list.insert(Job(payload: job.payload), at: 0)
                } else {
                    returned.insert(job, at: 0)
                }
            }
        }
        return stood
    }

    mutating func status() -> QueueStatus {
        reap()
        return QueueStatus(
            waiting: list.count + returned.count, leased: leased.count, delayed: delayed.count, dead: dead,
            done: done)
    }
}
