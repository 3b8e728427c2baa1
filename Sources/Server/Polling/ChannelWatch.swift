import Broker
import EventLoop
import Front
import Hub
import Wire

/// One channel that long polls wait for: subscribed as a client is, so that it hears that something came; what came is
/// read from the history. Confined to its worker's thread.
final class ChannelWatch: DetachedSession, StoppableSession, TopicWaiter {
    /// A byte for each message.
    private final class Tick: MessageFormat {
        func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8]) { bytes.append(0) }

        func obeys(_ policy: SlowPolicy) -> Bool { false }
    }

    private unowned let worker: Worker
    private unowned let desk: LongPollDesk
    private let channel: ChannelName
    private var connection: ConnectionID?
    private var polls: [LongPoll] = []
    /// Since when nobody waits, in loop time.
    private var idleSince: UInt64 = 0
    /// Looks at the history that have not been answered.
    private var reads = 0
    private var mustReadAgain = false

    /// Milliseconds for which the channel stays subscribed, for the next poll of the same client.
    private static let linger: UInt64 = 5_000

    /// `nil` when the server has no connection to spare.
    init?(worker: Worker, desk: LongPollDesk, channel: ChannelName) {
        self.worker = worker
        self.desk = desk
        self.channel = channel
        guard worker.front.attach(self) != nil else { return nil }
    }

    private var topic: Topic { .channel(channel) }

    func opened(_ connection: ConnectionID) {
        self.connection = connection
        if !worker.subscribe(connection, to: topic, as: .encoded(by: Tick())) {
            worker.waiting[topic, default: [:]][ObjectIdentifier(self)] = self
        }
    }

    // MARK: Polls

    func add(_ poll: LongPoll) {
        polls.append(poll)
        read()
    }

    func remove(_ connection: ConnectionID) {
        polls.removeAll { $0.connection == connection }
        noteIdle()
    }

    /// Answers those whose time has come.
    func expire(now: UInt64) {
        let expired = polls.filter { $0.deadline <= now }
        polls.removeAll { $0.deadline <= now }
        for poll in expired {
            desk.answer(
                poll.connection, poll.last ?? HTTPResponse(BrokerFailure.unavailable.clientError.httpError))
        }
        noteIdle()
    }

    func isIdle(now: UInt64) -> Bool { polls.isEmpty && reads == 0 && now >= idleSince + Self.linger }

    func end() {
        worker.waiting[topic]?[ObjectIdentifier(self)] = nil
        guard let connection else { return }
        worker.closed(connection)
        worker.front.detach(connection)
        self.connection = nil
    }

    private func noteIdle() { if polls.isEmpty { idleSince = worker.loop.now } }

    // MARK: Reading

    private func read() {
        guard let before = connection, worker.front.hub.isLive(topic), !polls.isEmpty else { return }
        guard reads == 0 else { return mustReadAgain = true }
        // What comes while the history is read is heard of. There may have been so much that it begins anew.
        _ = worker.front.takeBytes(before)
        guard let connection else { return }
        worker.front.awaitBytes(connection)
        for (question, group) in Dictionary(grouping: polls, by: \.question) {
            guard let command = group.first?.command else { continue }
            do throws(ClientFailure) {
                reads += 1
                try worker.historyReader.read(command) { [weak self] result in
                    self?.finish(question, result)
                }
            } catch {
                reads -= 1
                answerAll(HTTPResponse(error.httpError), question)
            }
        }
    }

    private func finish(
        _ question: LongPoll.Question, _ result: Result<HistoryReader.Answer, BrokerFailure>
    ) {
        reads -= 1
        switch result {
        case .failure(let failure): answerAll(HTTPResponse(failure.clientError.httpError), question)
        case .success(let answer):
            let response = HTTPResponse.history(answer)
            if answer.messages.isEmpty, answer.isComplete {
                for index in polls.indices where polls[index].question == question {
                    polls[index].last = response
                }
            } else {
                answerAll(response, question)
            }
        }
        guard reads == 0, mustReadAgain else { return }
        mustReadAgain = false
        read()
    }

    /// Those who asked after the history was read are answered too: it is an answer to what they ask.
    private func answerAll(_ response: HTTPResponse, _ question: LongPoll.Question) {
        let answered = polls.filter { $0.question == question }
        polls.removeAll { $0.question == question }
        for poll in answered { desk.answer(poll.connection, response) }
        noteIdle()
    }

    // MARK: What comes

    func bytesReady(_ bytes: Span<UInt8>) { read() }

    func overflowed() {
        // So many messages came while nobody waited that their ticks were dropped: begin anew.
        end()
        _ = worker.front.attach(self)
    }

    func confirmed(_ topic: Topic) { read() }

    /// Whoever waits goes on waiting: the broker may come back in time.
    func brokerLost() {}

    func refused(_ topic: Topic, _ reason: String) {
        let error = HTTPError(
            .forbidden, .forbidden, "the broker refused the subscription to '\(topic.name)': \(reason)")
        finishAll { _ in HTTPResponse(error) }
    }

    func stopped(_ topic: Topic) {
        finishAll { $0.last ?? HTTPResponse(BrokerFailure.unavailable.clientError.httpError) }
    }

    private func finishAll(_ response: (LongPoll) -> HTTPResponse) {
        let polls = polls
        self.polls = []
        // First: with an answer the next request of a client may be read, and it must find another watch.
        desk.drop(channel)
        for poll in polls { desk.answer(poll.connection, response(poll)) }
    }

    func closed() { stopped(topic) }
}
