import Broker
import EventLoop
import Redis
import TestSupport
import Testing
import Wire

/// One RedisBroker on a loop that the test turns, flushed at the end of each turn.
final class RedisFixture {
    let runner: LoopRunner
    let broker: RedisBroker
    let recorder = BrokerRecorder()

    init(_ settings: RedisSettings) throws {
        runner = try LoopRunner()
        broker = RedisBroker(on: runner.loop, settings, name: "test")
        broker.delegate = recorder
        runner.loop.onTurnEnd { [broker] in broker.flush() }
        broker.start()
    }

    /// Waits until it is ready.
    convenience init(on server: RedisServer, _ change: (inout RedisSettings) -> Void = { _ in }) throws {
        var settings = RedisSettings(endpoint: server.endpoint)
        change(&settings)
        try self.init(settings)
        waitUntilReady()
    }

    func waitUntilReady(sourceLocation: SourceLocation = #_sourceLocation) {
        run(until: "ready", sourceLocation: sourceLocation) { broker.status == .ready }
    }

    /// Waits until the status is a reason that contains `text`.
    func waitUntilAway(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        run(until: "unavailable: \(text)", sourceLocation: sourceLocation) {
            if case .unavailable(let reason) = broker.status { reason.contains(text) } else { false }
        }
    }

    func run(until what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool) {
        runner.run(until: what, sourceLocation: sourceLocation, condition)
    }

    func subscribe(to topics: Topic...) {
        for topic in topics { broker.subscribe(to: topic) }
        run(until: "subscribed to \(topics)") { topics.allSatisfy(recorder.subscribed.contains) }
    }

    func publish(_ text: String, to channel: String, receipt: UInt64 = 0) {
        broker.publish(Array(text.utf8).span, to: Array(channel.utf8).span, receipt: receipt)
    }

    /// Publishes and waits for the answer.
    func outcome(of text: String, to channel: String) -> PublishOutcome? {
        let count = recorder.answers.count
        publish(text, to: channel)
        run(until: "answered") { recorder.answers.count > count }
        return recorder.answers.last?.outcome
    }

    func close() {
        broker.close()
        runner.close()
    }
}
