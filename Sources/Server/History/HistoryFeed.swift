import Broker
import Front
import Hub
import Logging
import Wire

/// One channel with history on one worker: what arrives live is checked against the offsets, holes are filled from the
/// history before anything newer is delivered, and clients that come back get what they missed.
///
/// One read is under way at a time, from the oldest place that anybody needs: a thousand clients that come back at once
/// share few reads. Confined to its worker's thread.
final class HistoryFeed {
    private struct Waiting {
        let joiner: any HistoryJoiner
        let since: MessageID?
    }

    private struct Held {
        /// `nil` for a message that was published past the history.
        let id: MessageID?
        let message: [UInt8]
        let excluded: ConnectionID?
    }

    let topic: Topic
    /// The topic's in the hub.
    let index: UInt32
    private unowned let worker: Worker
    private var position = StreamPosition()
    /// How many streams there have been in this channel.
    private var streams: UInt64 = 0
    private var isReading = false
    /// The read under way was asked for before the subscription was last confirmed.
    private var isStale = false
    /// The history cannot be read: messages go out as they come.
    private var isUntracked = false
    /// There is no rule for it any more.
    private var isDissolving = false

    /// Who has still to be told what was missed.
    private var waiting: [Waiting] = []
    /// Live messages that came while something before them may be missing.
    private var held: [Held] = []
    private var heldBytes = 0
    /// More came than is held. They are in the history, and read from there.
    private var hasOverflowed = false
    /// What was delivered while a read is under way for somebody, in order.
    private var recent: [HistoryPage.Item] = []
    private var recentBytes = 0
    private var hasRecentOverflowed = false

    /// Bytes of live messages that are kept while a read is under way.
    private static let maximumHeld = 4 << 20
    /// Messages of one read; bytes bound it before that.
    private static let maximumPage = 10_000
    /// Messages of the first read, from the end: to know the stream by.
    private static let firstLook = 8

    init(worker: Worker, topic: Topic, index: UInt32) {
        self.worker = worker
        self.topic = topic
        self.index = index
    }

    /// The last message that went out.
    var id: MessageID? { position.id }

    /// An offset as the hub has it, different in each stream; 0 for one that there cannot be.
    private func place(_ offset: UInt64) -> UInt64 {
        offset >> Self.offsetBits == 0 && offset > 0 ? streams << Self.offsetBits | offset : 0
    }

    /// The message before one that the hub has dropped; `nil` where that was of another stream.
    /// - Parameter place: 0 where none of what it has dropped is in the history.
    func id(before place: UInt64) -> MessageID? {
        guard place > 0 else { return position.id }
        guard place >> Self.offsetBits == streams, let epoch = position.id?.epoch else { return nil }
        return MessageID(offset: place & (1 << Self.offsetBits - 1) - 1, epoch: epoch)
    }

    private static let offsetBits: UInt64 = 48

    // MARK: The broker's link

    /// The subscription is live, for the first time or again.
    func subscribed() {
        if isDissolving { return finishDissolving() }
        isUntracked = false
        position.fallBehind()
        isStale = isReading
        read()
    }

    func lost() { position.fallBehind() }

    /// The broker is away altogether.
    func brokerLost() { for item in waiting { item.joiner.brokerLost() } }

    /// Reads what could not be read before.
    func retry() {
        if !isUntracked, !position.isCaughtUp || !waiting.isEmpty { read() }
    }

    // MARK: Live messages

    /// - Parameter id: `nil` for a message that was published past the history.
    func received(_ message: Span<UInt8>, _ view: MessageView, _ id: MessageID?, excluding slot: UInt32?) {
        let epoch = position.id?.epoch
        let verdict = verdict(on: message, id)
        if position.id?.epoch != epoch { streams += 1 }
        switch verdict {
        case .deliver:
            deliver(message, view, id?.offset ?? 0, excluding: slot)
            if isReading, !waiting.isEmpty, let id { remember(message, id) }
        case .drop: break
        case .hold:
            hold(
                Held(
                    id: id, message: [UInt8](copying: message),
                    excluded: slot.map { worker.front.hub.id(of: $0) }))
            read()
        }
    }

    private func verdict(on message: Span<UInt8>, _ id: MessageID?) -> StreamPosition.Verdict {
        if isUntracked { return .deliver }
        guard let id else { return position.isCaughtUp ? .deliver : .hold }
        return position.receive(id, message)
    }

    private func deliver(
        _ message: Span<UInt8>, _ view: MessageView, _ offset: UInt64, excluding slot: UInt32?
    ) {
        worker.front.hub.deliver(message, view, to: index, position: place(offset), excluding: slot)
    }

    private func remember(_ message: Span<UInt8>, _ id: MessageID) {
        recentBytes += message.count
        if recentBytes > Self.maximumHeld { hasRecentOverflowed = true }
        guard !hasRecentOverflowed else { return recent = [] }
        recent.append(.init(offset: id.offset, message: [UInt8](copying: message)))
    }

    private func hold(_ message: Held) {
        heldBytes += message.message.count
        if heldBytes > Self.maximumHeld { hasOverflowed = true }
        guard !hasOverflowed else { return held = [] }
        held.append(message)
    }

    /// Judges again what was held back.
    private func releaseHeld() {
        let messages = held
        let mustReadOn = hasOverflowed
        held = []
        heldBytes = 0
        hasOverflowed = false
        let name = topic.name.bytes
        for item in messages {
            let bytes = item.message
            guard let view = MessageView(bytes.span, channel: name.span) else { continue }
            let excluded = item.excluded.flatMap { worker.front.hub.isConnected($0) ? $0.slot : nil }
            received(bytes.span, view, item.id, excluding: excluded)
        }
        if mustReadOn { position.fallBehind() }
    }

    // MARK: Clients

    /// Tells the joiner, at once or later, what it missed after `since`.
    func join(_ joiner: any HistoryJoiner, since: MessageID?) {
        let isLive = worker.front.hub.isLive(topic)
        if isLive, isUntracked { return joiner.joined(topic, id: nil, recovered: false, missed: nil) }
        if isLive, position.isCaughtUp {
            guard let since, since.epoch == position.id?.epoch else {
                return joiner.joined(topic, id: position.id, recovered: false, missed: nil)
            }
            if since == position.id { return joiner.joined(topic, id: since, recovered: true, missed: nil) }
        }
        waiting.append(Waiting(joiner: joiner, since: since))
        if isLive { read() }
    }

    /// The broker does not allow the subscription.
    func refused(_ reason: String) {
        let joiners = waiting
        waiting = []
        for item in joiners { item.joiner.refused(topic, reason) }
    }

    func leave(_ joiner: any HistoryJoiner) { waiting.removeAll { $0.joiner === joiner } }

    // MARK: Reading

    private func read() {
        guard !isReading, !isUntracked, worker.front.hub.isLive(topic) else { return }
        isReading = true
        recent = []
        recentBytes = 0
        hasRecentOverflowed = false
        var places = waiting.compactMap { $0.since?.offset }
        // A client may be ahead of what has been delivered here: the page must not leave out what is in between.
        if position.isKnown, !position.isCaughtUp || places.min() ?? 0 > position.readAfter {
            places.append(position.readAfter)
        }
        let after = places.min()
        let request = HistoryRequest(
            channel: topic.name, after: after ?? 0, limit: after == nil ? Self.firstLook : Self.maximumPage,
            edge: after == nil ? .newest : .oldest,
            maximumBytes: worker.settings.front.maximumUnsent / 2)
        // Those who come from now on wait for the next read.
        let served = waiting.count
        worker.broker.readHistory(request) { [weak self] result in
            self?.finish(result, request, served: served)
        }
    }

    private func finish(
        _ result: Result<HistoryPage, BrokerFailure>, _ request: HistoryRequest, served: Int
    ) {
        isReading = false
        switch result {
        // Tried again when the broker is back, or has drained.
        case .failure(.unavailable), .failure(.overloaded): return
        case .failure(.refused(let reason)): return giveUp(reason)
        case .success(let page):
            take(page, after: request.after)
            if isStale {
                // It may have been read before the subscription was live.
                isStale = false
                position.fallBehind()
            }
            serve(page, after: request.after, count: served)
            if position.isCaughtUp { releaseHeld() }
            if !position.isCaughtUp || !waiting.isEmpty { read() }
        }
    }

    private func take(_ page: HistoryPage, after: UInt64) {
        // The place may have moved back since the page was asked for.
        guard !position.isKnown || after <= position.readAfter else { return }
        // Also what is ahead of the live stream goes out now: it is next in any case, and its live copies are dropped.
        let isAhead = page.epoch == position.id?.epoch && page.items.last?.offset ?? 0 > position.readAfter
        guard !position.isCaughtUp || isAhead else { return }
        let last = position.id
        let step = position.take(page)
        if position.id?.epoch != last?.epoch { streams += 1 }
        if step.hasGap { announceGap(after: last) }
        if step.hasForked, let epoch = page.epoch { worker.broker.renewHistory(of: topic.name, epoch: epoch) }
        let name = topic.name.bytes
        for item in step.items {
            let bytes = item.message
            guard let view = MessageView(bytes.span, channel: name.span) else { continue }
            deliver(bytes.span, view, item.offset, excluding: nil)
        }
    }

    private func announceGap(after id: MessageID?) {
        var payload: [UInt8] = []
        NativeEncoder.appendGap(topic, since: id, to: &payload)
        let name = topic.name.bytes
        worker.front.hub.announce(payload.span, kind: topic.kind, name: name.span)
    }

    /// Tells the first `count` of those who wait. Whom this page cannot serve waits for the next.
    private func serve(_ page: HistoryPage, after: UInt64, count: Int) {
        let joiners = waiting
        waiting = []
        var missed: MissedMessages?
        for (index, item) in joiners.enumerated() {
            guard index < count, position.isCaughtUp else {
                waiting.append(item)
                continue
            }
            guard let since = item.since else {
                item.joiner.joined(topic, id: position.id, recovered: false, missed: nil)
                continue
            }
            let reachesEnd = page.items.last?.offset ?? page.newest == page.newest
            if page.isComplete(since: since), reachesEnd {
                if hasRecentOverflowed {
                    waiting.append(item)
                    continue
                }
                let all =
                    missed
                    ?? MissedMessages(topic.name, page.items + recent.filter { $0.offset > page.newest })
                missed = all
                let own = Missed(messages: all, after: since.offset)
                item.joiner.joined(
                    topic, id: position.id, recovered: true,
                    missed: all.hasAny(after: since.offset) ? own : nil)
            } else if page.isComplete(since: since), since.offset > after {
                // Others needed more than one page holds; this one may need less.
                waiting.append(item)
            } else {
                item.joiner.joined(topic, id: position.id, recovered: false, missed: nil)
            }
        }
    }

    /// The history cannot be read, and will not be tried again before the link has been made anew.
    private func giveUp(_ reason: String) {
        worker.logger.warning(
            "cannot read a channel's history; its messages go out unchecked",
            metadata: ["channel": "\(topic)", "reason": "\(reason)"])
        isUntracked = true
        releaseHeld()
        tellThatNothingIsKnown()
    }

    private func tellThatNothingIsKnown() {
        let joiners = waiting
        waiting = []
        for item in joiners { item.joiner.joined(topic, id: nil, recovered: false, missed: nil) }
    }

    // MARK: The rule

    /// The channel keeps no history any more: what was held back goes out, and this ends; where clients wait for the
    /// broker to confirm the channel, once it has.
    func dissolve() {
        isDissolving = true
        isUntracked = true
        releaseHeld()
        finishDissolving()
    }

    /// It keeps one again.
    func revive() {
        guard isDissolving else { return }
        isDissolving = false
        isUntracked = false
    }

    private func finishDissolving() {
        guard worker.front.hub.isLive(topic) else { return }
        worker.feeds.remove(topic)
        tellThatNothingIsKnown()
    }
}
