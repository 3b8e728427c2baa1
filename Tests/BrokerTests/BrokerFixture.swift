import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

/// The brokers that the contract is tried on.
enum BrokerKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    case redis

    var testDescription: String { rawValue }
}

/// Workers of one broker, all on one loop that the test turns. Whatever they publish leaves at the end of each turn.
final class BrokerFixture {
    /// One worker's side.
    struct Worker {
        let broker: any Broker
        let recorder = BrokerRecorder()

        func publish(_ text: String, to channel: String, receipt: UInt64 = 0) {
            publish(Array(text.utf8), to: channel, receipt: receipt)
        }

        func publish(_ payload: [UInt8], to channel: String, receipt: UInt64 = 0) {
            broker.publish(payload.span, to: Array(channel.utf8).span, receipt: receipt)
        }
    }

    let runner: LoopRunner
    private(set) var workers: [Worker] = []
    private var mailboxes: [Mailbox<Void>] = []
    /// `nil` for the memory broker.
    let server: RedisServer?

    /// Starts `count` workers and waits until they are ready.
    init(_ kind: BrokerKind, workers count: Int = 1) throws {
        runner = try LoopRunner()
        server = kind == .redis ? try RedisServer() : nil
        let memory = MemoryBroker()
        for index in 0..<count {
            if let server {
                add(RedisBroker(on: runner.loop, RedisSettings(endpoint: server.endpoint), name: "w\(index)"))
            } else {
                addPort(of: memory)
            }
        }
        runner.loop.onTurnEnd { [unowned self] in
            for worker in self.workers { worker.broker.flush() }
        }
        for worker in workers { worker.broker.start() }
        runner.run(until: "all workers are ready") { workers.allSatisfy { $0.broker.status == .ready } }
    }

    subscript(index: Int) -> Worker { workers[index] }

    private func add(_ broker: any Broker) {
        let worker = Worker(broker: broker)
        broker.delegate = worker.recorder
        workers.append(worker)
    }

    private func addPort(of memory: MemoryBroker) {
        let index = workers.count
        let mailbox = Mailbox<Void>(on: runner.loop) { [unowned self] _ in
            (self.workers[index].broker as? MemoryBrokerPort)?.drain()
        }
        mailboxes.append(mailbox)
        add(memory.makePort { mailbox.post(()) })
    }

    /// Subscribes and waits for the confirmation.
    func subscribe(_ worker: Int, to topics: Topic...) {
        for topic in topics { workers[worker].broker.subscribe(to: topic) }
        runner.run(until: "subscribed to \(topics)") {
            topics.allSatisfy(workers[worker].recorder.subscribed.contains)
        }
    }

    func run(until what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool) {
        runner.run(until: what, sourceLocation: sourceLocation, condition)
    }

    /// Waits until everything published so far has come wherever it is going: a message published last, by the same
    /// worker to the same channel, has come to a subscriber.
    func settle(_ channel: String, from publisher: Int = 0, at subscriber: Int) {
        workers[publisher].publish("the end", to: channel, receipt: Receipt.maximum)
        run(until: "the last message has come") { workers[subscriber].recorder.texts.contains("the end") }
    }

    func close() {
        for worker in workers {
            worker.broker.close()
            worker.recorder.letGo()
        }
        for mailbox in mailboxes { mailbox.close() }
        runner.close()
    }
}
