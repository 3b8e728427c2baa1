import Wire

/// What is new on one channel, and what is to be read from its history after a break, so that each message is given
/// once and in order. Pure.
///
/// After a break the server sends what was missed, or says that it does not (`"recovered":false`). Then the history is
/// read, page by page, and what comes meanwhile is held back. Channels without a history have no ids: of them everything
/// is new.
struct ChannelFollower {
    /// What to do next when the server has answered.
    struct Step: Equatable {
        /// What the user should know first.
        var loss: MessageLoss?
        /// The next page to ask for.
        var request: Request?
    }

    /// A page of the history.
    enum Request: Equatable {
        /// What came after this message.
        case after(MessageID)
        /// The newest ones.
        case newest
    }

    private enum State: Equatable {
        /// Not subscribed over this connection yet.
        case joining
        case live
        /// Reading up to `target`; `hasLoss`: the user knows that something is missing.
        case reading(Request, target: MessageID, hasLoss: Bool)
    }

    private struct Held {
        let id: MessageID?
        let frame: [UInt8]
    }

    /// The last message that was given, or from which on everything arrives.
    private(set) var position: MessageID?
    private var state = State.joining
    /// Was subscribed at least once: what has come since then is wanted.
    private var wasSubscribed = false
    private var held: [Held] = []
    private var heldBytes = 0
    private var isFlooded = false

    /// What is held back, in bytes.
    private let maximumHeld: Int

    init(maximumHeld: Int = 16 << 20) { self.maximumHeld = maximumHeld }

    /// The connection is lost. What was held back and has an id comes again; the rest is to be given now.
    mutating func disconnected() -> [[UInt8]] {
        state = .joining
        return takeHeld().filter { $0.id == nil }.map(\.frame)
    }

    /// The channel is subscribed to.
    mutating func subscribed(newest: MessageID?, isRecovered: Bool) -> Step {
        let wasSubscribed = wasSubscribed
        self.wasSubscribed = true
        state = .live
        guard wasSubscribed else {
            position = newest
            return Step()
        }
        if isRecovered { return Step() }
        guard let newest else { return Step(loss: position == nil ? nil : .forgotten) }
        // Without a position the channel had no messages, and all that it has are new.
        return ask(position.map { .after($0) } ?? .newest, target: newest, hasLoss: false)
    }

    /// A message has come. Whether it is to be given now.
    mutating func received(_ id: MessageID?, _ frame: Span<UInt8>) -> Bool {
        switch state {
        case .joining:
            // By a pattern. What has an id comes again, in its place.
            return id == nil || !wasSubscribed
        case .live: return advance(to: id)
        case .reading(let request, _, let hasLoss):
            held.append(Held(id: id, frame: [UInt8](copying: frame)))
            heldBytes += frame.count
            guard heldBytes > maximumHeld else { return false }
            // What has an id is in the history: it is read further.
            let dropped = takeHeld()
            isFlooded = isFlooded || dropped.contains { $0.id == nil }
            if let last = dropped.last(where: { $0.id != nil })?.id {
                state = .reading(request, target: last, hasLoss: hasLoss)
            }
            return false
        }
    }

    /// The page that was asked for has come: what to say before its messages are given, and which one is next. Without
    /// a next one, `finish` is.
    /// - Parameters:
    ///   - first: the page's first message, and `last` its last.
    ///   - newest: the channel's newest message.
    mutating func answered(
        first: MessageID?, last: MessageID?, isComplete: Bool, newest: MessageID?
    ) -> (step: Step, givesMessages: Bool) {
        guard case .reading(let request, let target, let hasLoss) = state else { return (Step(), false) }
        guard let newest else { return (Step(loss: hasLoss ? nil : .forgotten), false) }
        switch request {
        case .newest where isComplete: return (Step(), true)
        case .newest:
            // There is more than a page. The first message of all cannot be asked for.
            let start = MessageID(offset: 1, epoch: newest.epoch)
            var step = ask(.after(start), target: newest, hasLoss: true)
            step.loss = hasLoss ? nil : .trimmed
            return (step, false)
        case .after(let since) where since.epoch != newest.epoch:
            var step = ask(.newest, target: newest, hasLoss: true)
            step.loss = hasLoss ? nil : .forgotten
            return (step, false)
        case .after(let since):
            let isWhole = isComplete || first?.offset == since.offset + 1
            let loss: MessageLoss? = isWhole || hasLoss ? nil : .trimmed
            guard !isComplete, let last, last.offset < target.offset || last.epoch != target.epoch else {
                return (Step(loss: loss), true)
            }
            var step = ask(.after(last), target: target, hasLoss: hasLoss || loss != nil)
            step.loss = loss
            return (step, true)
        }
    }

    /// A message of a page. Whether it is to be given.
    mutating func read(_ id: MessageID?) -> Bool { advance(to: id) }

    /// Nothing more is read: what was held back and is to be given now, and whether something of it is missing.
    mutating func finish() -> (frames: [[UInt8]], loss: MessageLoss?) {
        if case .reading = state { state = .live }
        var frames: [[UInt8]] = []
        for message in takeHeld() where advance(to: message.id) { frames.append(message.frame) }
        defer { isFlooded = false }
        return (frames, isFlooded ? .flooded : nil)
    }

    private mutating func ask(_ request: Request, target: MessageID, hasLoss: Bool) -> Step {
        state = .reading(request, target: target, hasLoss: hasLoss)
        return Step(request: request)
    }

    /// Moves on to a message; false if it has been given before.
    private mutating func advance(to id: MessageID?) -> Bool {
        guard let id else { return true }
        if let position, position.epoch == id.epoch, id.offset <= position.offset { return false }
        position = id
        return true
    }

    private mutating func takeHeld() -> [Held] {
        defer {
            held = []
            heldBytes = 0
        }
        return held
    }
}
