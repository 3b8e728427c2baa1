import Wire

/// How far one reader has come in one channel's stream, judged from what arrives live and from pages of its history.
///
/// What is delivered is in order, without a duplicate, and without a hole that the history could have filled; a hole
/// that it could not is reported. Pure.
public struct StreamPosition: Equatable, Sendable {
    private enum Place: Equatable {
        /// Nothing has been read yet.
        case unknown
        /// There was nothing in the stream.
        case empty
        /// This was the last; of a stream that has only just been discovered, its beginning, offset 0.
        case at(MessageID)
    }

    /// What to do with a live message.
    public enum Verdict: Sendable {
        case deliver
        /// It has been delivered.
        case drop
        /// Something before it may be missing: keep it, read a page after `readAfter`, judge it again then.
        case hold
    }

    /// What a page came to.
    public struct Step: Equatable, Sendable {
        /// To deliver, in order.
        public var items: ArraySlice<HistoryPage.Item> = []
        /// Something between the last message delivered before and what comes now is lost.
        public var hasGap = false

        public init() {}
    }

    private var place = Place.unknown
    /// Everything that was stored has been delivered, as far as is known: live messages can go on.
    public private(set) var isCaughtUp = false

    public init() {}

    /// The last message, if there is one.
    public var id: MessageID? {
        if case .at(let id) = place, id.offset > 0 { id } else { nil }
    }

    /// Whether a page was ever taken.
    public var isKnown: Bool { place != .unknown }

    /// Where to read on.
    public var readAfter: UInt64 {
        if case .at(let id) = place { id.offset } else { 0 }
    }

    /// Live messages may have been missed: the link to the broker broke.
    public mutating func fallBehind() { isCaughtUp = false }

    /// Judges a live message of the stream.
    public mutating func receive(_ id: MessageID) -> Verdict {
        guard isCaughtUp else { return .hold }
        if case .at(let last) = place, last.epoch == id.epoch {
            guard id.offset > last.offset else { return .drop }
            guard id.offset == last.offset + 1 else { return hold() }
        } else if id.offset != 1 {
            // Another stream, of which something has been missed.
            return hold()
        }
        place = .at(id)
        return .deliver
    }

    private mutating func hold() -> Verdict {
        isCaughtUp = false
        return .hold
    }

    /// Goes on with a page that was read after `readAfter`, or after less.
    public mutating func take(_ page: HistoryPage) -> Step {
        var step = Step()
        guard let epoch = page.epoch else {
            // The stream has expired or was deleted. Who had been reading may have missed its end.
            step.hasGap = id != nil
            place = .empty
            isCaughtUp = true
            return step
        }
        switch place {
        case .unknown:
            place = .at(MessageID(offset: page.newest, epoch: epoch))
            isCaughtUp = true
            return step
        case .empty: place = .at(MessageID(offset: 0, epoch: epoch))
        case .at(let last) where last.epoch != epoch:
            place = .at(MessageID(offset: 0, epoch: epoch))
            // The page may begin too late: another is needed.
            step.hasGap = true
            isCaughtUp = false
            return step
        case .at: break
        }
        advance(to: page, epoch, &step)
        return step
    }

    /// The same stream, or one that begins.
    private mutating func advance(to page: HistoryPage, _ epoch: String, _ step: inout Step) {
        let last = readAfter
        var reached = page.newest
        if page.newest < last {
            // It has gone back: a Redis took over that had not heard of the newest messages.
            step.hasGap = true
        } else if page.newest > last {
            let first = page.items.firstIndex { $0.offset > last } ?? page.items.endIndex
            step.items = page.items[first...]
            var expected = last + 1
            for item in step.items {
                if item.offset != expected { step.hasGap = true }
                expected = item.offset + 1
            }
            if let item = step.items.last { reached = item.offset } else { step.hasGap = true }
        }
        place = .at(MessageID(offset: reached, epoch: epoch))
        isCaughtUp = reached == page.newest
    }
}
