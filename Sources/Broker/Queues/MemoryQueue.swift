import DequeModule
import Wire

/// One queue in memory. Pure: times are milliseconds of the caller's clock. Does what Redis/Lua/queue.lua does.
struct MemoryQueue {
    private struct Entry {
        /// How often it has been handed out; its present lease included.
        var attempt: Int
        let payload: [UInt8]
    }

    /// Jobs that were never handed out.
    private var list: Deque<[UInt8]> = []
    /// Numbers of jobs that were, and go before those.
    private var returned: Deque<UInt64> = []
    private var delayed = DueSet()
    private var leases = DueSet()
    /// All jobs that have a number: those of `returned`, `delayed` and `leases`.
    private var jobs: [UInt64: Entry] = [:]
    private var nextNumber: UInt64 = 0
    private var done = 0
    /// Dead letters are counted; nobody could read them.
    private var dead = 0
    /// Of all payloads.
    private(set) var bytes = 0
    /// Whether something can be leased that could not before; the owner resets it.
    var hasNews = false

    /// What a job takes besides its payload.
    static let overhead = 64

    var isEmpty: Bool { list.isEmpty && jobs.isEmpty }
    /// Nothing is to be remembered of it.
    var isUntouched: Bool { isEmpty && done == 0 && dead == 0 }

    mutating func push(_ payload: [UInt8], delay: Int64, now: Int64) {
        bytes += payload.count + Self.overhead
        hasNews = true
        guard delay > 0 else { return list.append(payload) }
        let number = makeNumber(now)
        jobs[number] = Entry(attempt: 0, payload: payload)
        delayed.set(number, due: now + delay)
    }

    /// Numbers begin with the time, so that one from before a restart never means another job.
    private mutating func makeNumber(_ now: Int64) -> UInt64 {
        if nextNumber == 0 { nextNumber = UInt64(clamping: now) * 1_000 }
        nextNumber += 1
        return nextNumber
    }

    // MARK: Leasing

    mutating func lease(_ request: LeaseRequest, now: Int64) -> LeaseAnswer {
        reap(attempts: request.attempts, now: now)
        var answer = LeaseAnswer()
        var room = request.maximumBytes
        while answer.jobs.count < request.leases.count, room > 0 {
            let number: UInt64
            if let old = returned.popFirst() {
                number = old
            } else if let payload = list.popFirst() {
                guard payload.count <= request.maximumJob else {
                    answer.oversized += 1
                    bury(payload)
                    continue
                }
                number = makeNumber(now)
                jobs[number] = Entry(attempt: 0, payload: payload)
            } else {
                break
            }
            guard var entry = jobs[number] else { continue }
            entry.attempt += 1
            jobs[number] = entry
            leases.set(number, due: now + request.leases[answer.jobs.count])
            answer.jobs.append(Job(id: JobID(number: number, attempt: entry.attempt), payload: entry.payload))
            room -= entry.payload.count
        }
        answer.waiting = list.count + returned.count
        hasNews = hasNews && answer.waiting > 0
        answer.nextDue = [leases.next, delayed.next].compactMap { $0 }.min().map { max(0, $0 - now) }
        return answer
    }

    private mutating func reap(attempts: Int, now: Int64) {
        for number in leases.takeDue(now: now) { giveBack(number, attempts: attempts) }
        for number in delayed.takeDue(now: now) {
            guard let entry = jobs[number] else { continue }
            hasNews = true
            if entry.attempt > 0 {
                returned.append(number)
            } else {
                jobs[number] = nil
                list.append(entry.payload)
            }
        }
    }

    private mutating func giveBack(_ number: UInt64, attempts: Int, isFirst: Bool = false) {
        guard let entry = jobs[number] else { return }
        if entry.attempt >= attempts {
            jobs[number] = nil
            bury(entry.payload)
        } else {
            if isFirst { returned.prepend(number) } else { returned.append(number) }
            hasNews = true
        }
    }

    private mutating func bury(_ payload: [UInt8]) {
        dead += 1
        bytes -= payload.count + Self.overhead
    }

    // MARK: Changing

    mutating func change(_ ids: [JobID], _ change: LeaseChange, attempts: Int, now: Int64) -> [Bool] {
        // Those that go to the front are put there one by one: the last first, so that they keep their order.
        let isBackwards = change == .release || change == .undo
        var stood = ids.map { _ in false }
        for index in isBackwards ? Array(ids.indices.reversed()) : Array(ids.indices) {
            stood[index] = apply(ids[index], change, attempts: attempts, now: now)
        }
        return stood
    }

    private mutating func apply(_ id: JobID, _ change: LeaseChange, attempts: Int, now: Int64) -> Bool {
        guard leases.contains(id.number), let entry = jobs[id.number], entry.attempt == id.attempt else {
            return false
        }
        if case .renew(let lease) = change {
            leases.set(id.number, due: now + lease)
            return true
        }
        leases.remove(id.number)
        switch change {
        case .renew: break
        case .done:
            jobs[id.number] = nil
            done += 1
            bytes -= entry.payload.count + Self.overhead
        case .retry(let delay) where delay > 0 && entry.attempt < attempts:
            delayed.set(id.number, due: now + delay)
            hasNews = true
        case .retry: giveBack(id.number, attempts: attempts)
        case .release: giveBack(id.number, attempts: attempts, isFirst: true)
        case .undo:
            hasNews = true
            if entry.attempt == 1 {
                jobs[id.number] = nil
                list.prepend(entry.payload)
            } else {
                jobs[id.number]?.attempt -= 1
                returned.prepend(id.number)
            }
        }
        return true
    }

    mutating func status(attempts: Int, now: Int64) -> QueueStatus {
        reap(attempts: attempts, now: now)
        return QueueStatus(
            waiting: list.count + returned.count, leased: leases.count, delayed: delayed.count, dead: dead,
            done: done)
    }
}
