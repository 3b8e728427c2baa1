import Broker
import EventLoop
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("MemoryBroker")
struct MemoryBrokerTests {
    private func port(_ broker: MemoryBroker) -> (MemoryBrokerPort, BrokerRecorder) {
        let port = broker.makePort {}
        let recorder = BrokerRecorder()
        port.delegate = recorder
        port.start()
        return (port, recorder)
    }

    private func publish(_ port: MemoryBrokerPort, _ count: Int, receipt: UInt64 = 0) {
        port.publish([UInt8](repeating: 1, count: count).span, to: Array("chat".utf8).span, receipt: receipt)
    }

    @Test("a full inbox refuses, tells publishers to pause before, and lets them go on once it is drained")
    func overload() {
        let broker = MemoryBroker(maximumInbox: 100_000)
        let (publisher, answers) = port(broker)
        let (slow, _) = port(broker)
        slow.subscribe(to: .channel("chat"))
        slow.drain()
        publish(publisher, 20_000)
        #expect(!publisher.isCongested)
        publish(publisher, 20_000)
        publish(publisher, 20_000)
        #expect(publisher.isCongested)
        for _ in 0..<4 { publish(publisher, 20_000) }
        publisher.drain()
        #expect(
            answers.answers.map(\.outcome) == [
                .accepted, .accepted, .accepted, .accepted, .failed(.overloaded), .failed(.overloaded),
                .failed(.overloaded),
            ])
        #expect(publisher.isCongested, "its own drain does not empty the other's inbox")
        #expect(answers.drainedCount == 0)
        slow.drain()
        publisher.drain()
        #expect(!publisher.isCongested)
        #expect(answers.drainedCount == 1)
        publish(publisher, 20_000)
        publisher.drain()
        #expect(answers.answers.last?.outcome == .accepted)
    }

    @Test("empty messages fill an inbox too")
    func emptyMessages() {
        let broker = MemoryBroker(maximumInbox: 100_000)
        let (publisher, answers) = port(broker)
        let (slow, messages) = port(broker)
        slow.subscribe(to: .channel("chat"))
        for _ in 0..<10_000 {
            publish(publisher, 0)
            publisher.drain()
        }
        #expect(answers.answers.contains { $0.outcome == .failed(.overloaded) })
        slow.drain()
        #expect(messages.messages.count < 1000)
        #expect(messages.messages.count == answers.answers.filter { $0.outcome == .accepted }.count)
    }

    @Test("a worker that closes does not hold publishers back")
    func closedWhileFull() {
        let broker = MemoryBroker(maximumInbox: 10_000)
        let (publisher, answers) = port(broker)
        let (slow, _) = port(broker)
        slow.subscribe(to: .channel("chat"))
        for _ in 0..<4 { publish(publisher, 3000) }
        publisher.drain()
        #expect(publisher.isCongested)
        slow.close()
        publisher.drain()
        #expect(!publisher.isCongested)
        #expect(answers.drainedCount == 1)
    }

    @Test("a port is woken once for all that waits for it")
    func waking() {
        let broker = MemoryBroker()
        let wakes = Mutex(0)
        let port = broker.makePort { wakes.withLock { $0 += 1 } }
        port.start()
        port.subscribe(to: .channel("chat"))
        for _ in 0..<10 { publish(port, 1) }
        #expect(wakes.withLock { $0 } == 1)
        port.drain()
        publish(port, 1)
        #expect(wakes.withLock { $0 } == 2)
    }

    @Test("workers on threads of their own see one order")
    func threads() throws {
        let broker = MemoryBroker()
        let seen = Mutex<[[String]]>([])
        let subscribed = Mutex(0)
        let ended = Mutex(0)
        let threads = try (0..<4).map { index in
            try WorkerThread {
                let port = broker.makePort {}
                let recorder = BrokerRecorder()
                port.delegate = recorder
                port.start()
                port.subscribe(to: .channel("chat"))
                port.drain()
                subscribed.withLock { $0 += 1 }
                while subscribed.withLock({ $0 }) < 4 {}
                for round in 0..<500 {
                    let text = "\(index):\(round)"
                    port.publish(Array(text.utf8).span, to: Array("chat".utf8).span, receipt: UInt64(round))
                    if round % 3 == 0 { port.drain() }
                }
                while recorder.messages.count < 2000 { port.drain() }
                seen.withLock { $0.append(recorder.texts) }
                ended.withLock { $0 += recorder.answers.map(\.receipt) == (0..<500).map { $0 } ? 1 : 0 }
                port.close()
            }
        }
        for thread in threads { thread.join() }
        let orders = seen.withLock { $0 }
        #expect(orders.count == 4)
        for order in orders { #expect(order == orders[0]) }
        #expect(ended.withLock { $0 } == 4)
    }
}
