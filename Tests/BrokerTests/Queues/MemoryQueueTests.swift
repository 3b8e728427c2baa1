import TestSupport
import Testing
import Wire

@testable import Broker

@Suite("A queue in memory")
struct MemoryQueueTests {
    private final class QueueBox {
        var queue = MemoryQueue()
        var now: Int64 = 0
    }

    @Test("does as its model, whatever happens, and whenever", arguments: 0..<40)
    func model(seed: Int) {
        var now: Int64 = 1_000_000
        let box = QueueBox()
        var trial = QueueTrial(
            seed: UInt64(seed), times: 1...50,
            QueueTrial.Subject(
                push: { box.queue.push($0, delay: $1, now: box.now) },
                lease: { box.queue.lease($0, now: box.now) },
                change: { box.queue.change($0, $1, attempts: 3, now: box.now) },
                status: { box.queue.status(attempts: 3, now: box.now) }))
        box.now = now
        trial.model.now = now
        for step in 0..<400 {
            if let difference = trial.step(hasDelays: true) {
                Issue.record("step \(step): \(difference)")
                return
            }
            now += Int64(trial.generator.number(0..<8))
            box.now = now
            trial.model.now = now
        }
    }

    @Test("takes no more bytes than it may, and counts what is finished as free again")
    func bytes() {
        let mail = ChannelName("mail")
        var queues = MemoryQueues(maximumBytes: 1_000)
        let payload = [UInt8](repeating: 7, count: 400)
        func push() -> Bool {
            if case .success = queues.push(payload, to: mail, delay: 0, now: 1) { true } else { false }
        }
        #expect(push() && push())
        #expect(!push())
        let answer = queues.with(mail) {
            $0.lease(LeaseRequest(queue: mail, leases: [10], attempts: 5), now: 1)
        }
        #expect(!push())
        let stood = queues.with(mail) { $0.change(answer.jobs.map(\.id), .done, attempts: 5, now: 1) }
        #expect(stood == [true])
        #expect(push())
        #expect(!push())
        // What dies is free too.
        for attempt in 0..<4 {
            _ = queues.with(mail) {
                $0.lease(LeaseRequest(queue: mail, leases: [1, 1], attempts: 2), now: Int64(10 * attempt))
            }
        }
        #expect(queues.with(mail) { $0.status(attempts: 2, now: 99) } == QueueStatus(dead: 2, done: 1))
        #expect(push() && push())
    }

    @Test("is forgotten when there is nothing to remember")
    func forgotten() {
        var queues = MemoryQueues()
        for index in 0..<5_000 {
            let name = ChannelName("queue \(index)")
            _ = queues.with(name) { $0.status(attempts: 1, now: 1) }
            _ = queues.push([1], to: name, delay: 0, now: 1)
            let answer = queues.with(name) {
                $0.lease(LeaseRequest(queue: name, leases: [10], attempts: 5), now: 1)
            }
            _ = queues.with(name) { $0.change(answer.jobs.map(\.id), .done, attempts: 5, now: 1) }
        }
        #expect(queues.count <= 1_100)
    }

    @Test("says that there are news once, and only if there are")
    func news() {
        let mail = ChannelName("mail")
        var queues = MemoryQueues()
        #expect(queues.takeNews(mail) == false)
        _ = queues.push([1], to: mail, delay: 0, now: 1)
        #expect(queues.takeNews(mail) == true)
        #expect(queues.takeNews(mail) == false)
        let request = LeaseRequest(queue: mail, leases: [10], attempts: 5)
        let job = queues.with(mail) { $0.lease(request, now: 1) }.jobs
        #expect(queues.takeNews(mail) == false)
        _ = queues.with(mail) { $0.change(job.map(\.id), .release, attempts: 5, now: 1) }
        #expect(queues.takeNews(mail) == true)
        // The lease ends, and the same call leases the job again: nothing is left for others.
        _ = queues.with(mail) { $0.lease(request, now: 1) }
        _ = queues.with(mail) { $0.lease(request, now: 20) }
        #expect(queues.takeNews(mail) == false)
        _ = queues.with(mail) { $0.status(attempts: 5, now: 40) }
        #expect(queues.takeNews(mail) == true)
    }
}
