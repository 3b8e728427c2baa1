import Broker
import TestSupport
import Wire

/// Random operations on a queue and on its model; both must answer the same.
struct QueueTrial {
    /// A queue under test, whatever it is.
    struct Subject {
        let push: ([UInt8], _ delay: Int64) -> Void
        let lease: (LeaseRequest) -> LeaseAnswer?
        let change: ([JobID], LeaseChange) -> [Bool]?
        let status: () -> QueueStatus?
    }

    private struct Lease {
        let id: JobID
        let payload: [UInt8]
    }

    static let queue = ChannelName("mail")

    let subject: Subject
    var generator: SeededGenerator
    var model = QueueModel(attempts: 3)
    /// Times, in ms, of leases and delays; the model's clock moves by the same.
    let times: ClosedRange<Int>
    /// Every lease there ever was: old ones are tried too.
    private var leases: [Lease] = []
    private var pushed = 0

    init(seed: UInt64, times: ClosedRange<Int>, _ subject: Subject) {
        generator = SeededGenerator(seed: seed)
        self.times = times
        self.subject = subject
    }

    private mutating func time() -> Int64 {
        Int64(times.lowerBound + generator.number(0..<times.count))
    }

    /// - Parameter hasDelays: whether something may become due.
    /// - Returns: what was different, or `nil`.
    mutating func step(hasDelays: Bool) -> String? {
        switch generator.number(0..<10) {
        case 0..<3:
            pushed += 1
            let payload = Array("job \(pushed)".utf8)
            let delay = hasDelays && generator.isOne(in: 4) ? time() : 0
            subject.push(payload, delay)
            model.push(payload, delay: delay)
            return nil
        case 3..<6: return lease()
        case 6..<9: return change(hasDelays: hasDelays)
        default:
            let (shown, expected) = (subject.status(), model.status())
            return shown == expected ? nil : "status \(String(describing: shown)), not \(expected)"
        }
    }

    private mutating func lease() -> String? {
        let wanted = (0..<generator.number(0..<5)).map { _ in time() }
        let expected = model.lease(wanted)
        guard
            let answer = subject.lease(
                LeaseRequest(queue: Self.queue, leases: wanted, attempts: model.attempts))
        else { return "no answer" }
        leases += answer.jobs.map { Lease(id: $0.id, payload: $0.payload) }
        let isSame =
            answer.jobs.map(\.payload) == expected.map(\.payload)
            && answer.jobs.map(\.id.attempt) == expected.map(\.attempt)
        let waiting = model.status().waiting
        return isSame && answer.waiting == waiting
            ? nil : "leased \(answer), not \(expected) with \(waiting) waiting"
    }

    private mutating func change(hasDelays: Bool) -> String? {
        guard !leases.isEmpty else { return nil }
        var chosen: [Lease] = []
        for _ in 0..<(1 + generator.number(0..<4)) {
            // Mostly recent ones: the others have long ended.
            let reach = generator.isOne(in: 4) ? leases.count : min(leases.count, 8)
            chosen.append(leases[leases.count - 1 - generator.number(0..<reach)])
        }
        let change: LeaseChange =
            switch generator.number(0..<6) {
            case 0, 1: .done
            case 2: .retry(delay: hasDelays && generator.isOne(in: 2) ? time() : 0)
            case 3: .renew(time())
            case 4: .release
            default: .undo
            }
        // A lease that was undone never was: nobody has its id, and it may be given out again.
        let expected = model.change(chosen.map { ($0.payload, $0.id.attempt) }, change)
        let stood = subject.change(chosen.map(\.id), change)
        if change == .undo {
            let undone = Set(zip(chosen, expected).filter(\.1).map(\.0.id))
            leases.removeAll { undone.contains($0.id) }
        }
        return stood == expected
            ? nil : "\(change) of \(chosen) stood \(String(describing: stood)), not \(expected)"
    }
}
