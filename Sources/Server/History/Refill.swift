import Broker
import Front
import Hub
import Wire

/// Gives one subscriber that read too slowly what it was not sent, from the history: a page at a time, as fast as it takes
/// them, and then the rest live. Its subscription is `held` until then. Confined to its worker's thread.
final class Refill: HistoryJoiner {
    let topic: Topic
    let view: UInt8
    var connection: ConnectionID
    var format: WireFormat
    private unowned let worker: Worker
    /// The last message it has been sent; `nil` when that was of another stream.
    private var since: MessageID?
    /// A read is under way, or the feed was asked.
    private var isWaiting = false
    private var hasEnded = false
    /// Where the feed was asked last, in vain.
    private var asked: MessageID?

    /// Messages of one page; bytes bound it before that.
    private static let pageLimit = 10_000

    init(_ spilled: SpilledSubscription, since: MessageID?, worker: Worker) {
        topic = spilled.topic
        view = spilled.view
        format = spilled.format
        connection = spilled.connection
        self.since = since
        self.worker = worker
    }

    /// Reads the next page, unless one is under way.
    func proceed() {
        guard !isWaiting, !hasEnded else { return }
        isWaiting = true
        // Four fit: what is live besides needs room as well.
        let request = HistoryRequest(
            channel: topic.name, after: since?.offset ?? 0, limit: Self.pageLimit,
            maximumBytes: worker.settings.front.maximumUnsent / 4)
        worker.broker.readHistory(request) { [weak self] result in self?.take(result) }
    }

    /// The subscription has ended, or its connection.
    func end() {
        hasEnded = true
        worker.feeds.feed(of: topic)?.leave(self)
    }

    private func take(_ result: Result<HistoryPage, BrokerFailure>) {
        guard !hasEnded else { return }
        isWaiting = false
        switch result {
        // Tried again when the broker is back, or has drained.
        case .failure(.unavailable), .failure(.overloaded): break
        case .failure(.refused): finish()
        case .success(let page): take(page)
        }
    }

    private func take(_ page: HistoryPage) {
        guard let epoch = page.epoch else { return finish() }
        var since = since ?? MessageID(offset: .max, epoch: epoch)
        if !page.isComplete(since: since) {
            announceGap()
            since = MessageID(offset: page.oldest > 0 ? page.oldest - 1 : 0, epoch: epoch)
            self.since = since
            // It may have begun behind the oldest.
            guard page.items.first?.offset == page.oldest else { return worker.refills.look(self) }
        }
        let last = page.items.last?.offset ?? page.newest
        MissedMessages(topic.name, page.items)
            .send(after: since.offset, as: format, to: connection, by: worker.front)
        let id = MessageID(offset: max(last, since.offset), epoch: epoch)
        self.since = id
        guard last == page.newest else { return worker.refills.look(self) }
        guard let feed = worker.feeds.feed(of: topic) else { return finish() }
        isWaiting = true
        feed.join(self, since: id)
    }

    /// The channel keeps no history any more, or it cannot be read: the subscriber goes on with what comes.
    private func finish() {
        announceGap()
        release()
    }

    private func release() {
        hasEnded = true
        worker.front.hub.release(connection.slot, from: topic, as: format, view: view)
        worker.refills.finished(self)
    }

    private func announceGap() {
        var notice: [UInt8] = []
        NativeEncoder.appendGap(topic, since: since, to: &notice)
        var bytes: [UInt8] = []
        format.appendNotice(notice.span, to: &bytes)
        worker.front.hub.send(bytes.span, to: connection.slot)
    }

    // MARK: HistoryJoiner

    func joined(_ topic: Topic, id: MessageID?, recovered: Bool, missed: Missed?) {
        guard !hasEnded else { return }
        isWaiting = false
        guard recovered else {
            // The feed cannot say, however often it is asked.
            if id == nil || asked == since { return finish() }
            // Much has come meanwhile, or the stream is another one.
            asked = since
            return worker.refills.look(self)
        }
        missed?.send(as: format, to: connection, by: worker.front)
        release()
    }

    func confirmed(_ topic: Topic) {}

    /// The feed answers when it is back.
    func brokerLost() {}

    func refused(_ topic: Topic, _ reason: String) {
        if !hasEnded { finish() }
    }
}
