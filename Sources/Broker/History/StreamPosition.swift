import Wire

/// How far one reader has come in one channel's stream, judged from what arrives live and from pages of its history.
///
/// What is delivered is in order, without a duplicate, and without a hole that the history could have filled; a hole
/// that it could not is reported. Offsets alone do not prove that: a Redis that took over may have missed the newest
/// messages and given their offsets to others. So the last messages are remembered by a hash each, and after every
/// loss of the link the history is read from a little before the position and compared. Pure.
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
        /// The stream is no longer the one that was delivered, though its epoch is: others who come back with an id of
        /// it must be told apart, by a new epoch.
        public var hasForked = false

        public init() {}
    }

    private var place = Place.unknown
    /// Hashes of the last messages, of consecutive offsets, the newest last.
    private var marks: [UInt64] = []
    /// The next page has to prove that the stream is still the same.
    private var mustCompare = false
    /// Everything that was stored has been delivered, as far as is known: live messages can go on.
    public private(set) var isCaughtUp = false

    /// How many messages are remembered.
    static let maximumMarks = 64

    public init() {}

    /// The last message, if there is one.
    public var id: MessageID? {
        if case .at(let id) = place, id.offset > 0 { id } else { nil }
    }

    /// Whether a page was ever taken.
    public var isKnown: Bool { place != .unknown }

    /// Where to read on.
    public var readAfter: UInt64 { mustCompare ? last - min(last, UInt64(marks.count)) : last }

    private var last: UInt64 {
        if case .at(let id) = place { id.offset } else { 0 }
    }

    /// Live messages may have been missed: the link to the broker broke.
    public mutating func fallBehind() {
        isCaughtUp = false
        mustCompare = true
    }

    /// Judges a live message of the stream.
    public mutating func receive(_ id: MessageID, _ message: Span<UInt8>) -> Verdict {
        guard isCaughtUp else { return .hold }
        if case .at(let last) = place, last.epoch == id.epoch {
            guard id.offset > last.offset else { return .drop }
            guard id.offset == last.offset + 1 else {
                isCaughtUp = false
                return .hold
            }
        } else if id.offset != 1 {
            // Another stream, of which something has been missed; or this one, under a new epoch.
            fallBehind()
            return .hold
        } else {
            marks = []
        }
        place = .at(id)
        remember(message)
        return .deliver
    }

    private mutating func remember(_ message: Span<UInt8>) {
        if marks.count >= 2 * Self.maximumMarks { marks.removeFirst(Self.maximumMarks) }
        marks.append(Self.mark(message))
    }

    private static func mark(_ message: Span<UInt8>) -> UInt64 {
        // FNV-1a over words: to tell messages apart, not to resist an attacker.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in message.indices { hash = (hash ^ UInt64(message[index])) &* 0x100_0000_01B3 }
        return hash
    }

    /// The mark of the message at `offset`, if it is remembered.
    private func mark(at offset: UInt64) -> UInt64? {
        guard offset <= last, last - offset < UInt64(marks.count) else { return nil }
        return marks[marks.count - 1 - Int(last - offset)]
    }

    /// Goes on with a page that was read after `readAfter`, or after less.
    public mutating func take(_ page: HistoryPage) -> Step {
        var step = Step()
        guard let epoch = page.epoch else {
            // The stream has expired or was deleted. Who had been reading may have missed its end.
            step.hasGap = id != nil
            move(to: .empty)
            isCaughtUp = true
            return step
        }
        switch place {
        case .unknown:
            skip(to: page, epoch)
            return step
        case .empty: move(to: .at(MessageID(offset: 0, epoch: epoch)))
        case .at(let known):
            if known.epoch != epoch, !mustCompare {
                // Another stream, or this one under a new epoch: a page that overlaps will tell.
                fallBehind()
                return step
            }
            let fork = mustCompare ? firstDifference(in: page) : nil
            if known.epoch != epoch, marks.isEmpty {
                // Nothing to compare with. Giving all of it out might be giving it out again.
                skip(to: page, epoch)
                step.hasGap = true
                return step
            }
            if known.epoch != epoch, !overlaps(page) {
                move(to: .at(MessageID(offset: 0, epoch: epoch)))
                // The page may begin too late: another is needed.
                step.hasGap = true
                isCaughtUp = false
                return step
            }
            place = .at(MessageID(offset: known.offset, epoch: epoch))
            if let fork {
                goBack(to: fork - 1, epoch, &step)
                // Unless somebody else has seen to it.
                step.hasForked = known.epoch == epoch
            }
        }
        advance(to: page, epoch, &step)
        return step
    }

    /// Goes on from the end of a page, whatever came before.
    private mutating func skip(to page: HistoryPage, _ epoch: String) {
        move(to: .at(MessageID(offset: page.newest, epoch: epoch)))
        isCaughtUp = true
        guard page.items.last?.offset == page.newest else { return }
        var expected: UInt64?
        for item in page.items {
            if let expected, item.offset != expected { marks = [] }
            expected = item.offset + 1
            remember(item.message.span)
        }
    }

    private mutating func move(to place: Place) {
        self.place = place
        marks = []
        mustCompare = false
    }

    /// Where the page is not what was delivered.
    private func firstDifference(in page: HistoryPage) -> UInt64? {
        for item in page.items where item.offset <= last && !item.message.isEmpty {
            if let mark = mark(at: item.offset), mark != Self.mark(item.message.span) { return item.offset }
        }
        return page.newest < last ? page.newest + 1 : nil
    }

    /// Whether some of the page has been delivered.
    private func overlaps(_ page: HistoryPage) -> Bool {
        page.items.contains { !$0.message.isEmpty && mark(at: $0.offset) == Self.mark($0.message.span) }
    }

    /// Forgets what was delivered of a stream that went on differently from there.
    private mutating func goBack(to offset: UInt64, _ epoch: String, _ step: inout Step) {
        step.hasGap = true
        marks.removeLast(min(marks.count, Int(last - offset)))
        place = .at(MessageID(offset: offset, epoch: epoch))
    }

    /// The same stream, or one that begins.
    private mutating func advance(to page: HistoryPage, _ epoch: String, _ step: inout Step) {
        let last = last
        mustCompare = false
        var reached = max(page.newest, last)
        if page.newest > last {
            let first = page.items.firstIndex { $0.offset > last } ?? page.items.endIndex
            step.items = page.items[first...]
            var expected = last + 1
            for item in step.items {
                if item.offset != expected {
                    step.hasGap = true
                    marks = []
                }
                expected = item.offset + 1
                remember(item.message.span)
            }
            if let item = step.items.last {
                reached = item.offset
            } else if !page.items.isEmpty {
                // The page held no more than what was to be compared.
                reached = last
            } else {
                step.hasGap = true
                marks = []
            }
        }
        place = .at(MessageID(offset: reached, epoch: epoch))
        isCaughtUp = reached >= page.newest
    }
}
