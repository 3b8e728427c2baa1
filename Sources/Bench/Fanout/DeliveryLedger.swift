import Wire

/// Books every message that subscribers receive: which are missing, doubled or out of order, how long they took, and
/// how many are still under way. Pure, and the generator's hot path: one call per read takes all frames in it.
struct DeliveryLedger: ~Copyable {
    struct Counts: Equatable, Sendable {
        /// Each message once per subscriber.
        var delivered: UInt64 = 0
        /// Left out of a subscriber's sequence, and not seen since.
        var missing: UInt64 = 0
        var duplicated: UInt64 = 0
        /// Arrived after a later one of the same publisher and channel.
        var reordered: UInt64 = 0
        /// Not what was published.
        var corrupt: UInt64 = 0
    }

    private(set) var counts = Counts()
    /// Of the messages that were due from `measuredFrom` on and before `measuredUntil`.
    private(set) var latency = Histogram()
    /// Deliveries that arrived from `measuredFrom` on and before `measuredUntil`.
    private(set) var measured: UInt64 = 0
    /// What was wrong with the first corrupt frame.
    private(set) var firstProblem: String?
    /// How many subscribers have received a priming message.
    private(set) var primed = 0
    var measuredFrom = UInt64.max
    var measuredUntil = UInt64.max

    private let traffic: Traffic
    private let framing: Framing
    private let check: MessageCheck
    /// Per subscriber and publisher: the sequence number due next, and which of the 64 before it have come.
    private var next: [UInt64]
    private var seen: [UInt64]
    private var isPrimed: [Bool]
    /// Where stamps stand in a payload; found by searching when it changes.
    private var stampOffset = 0

    /// Messages published so far.
    private(set) var published: UInt64 = 0
    /// The oldest message that has not reached all its subscribers, if `window` is kept.
    private(set) var oldest: UInt64 = 0
    /// How many deliveries each outstanding message still wants, by number modulo the size; empty if no window is kept.
    private var remaining: [UInt32]

    /// Every how many frames one is checked as a whole.
    private static let sampling: UInt64 = 4096

    /// - Parameter window: how many messages may be outstanding at most; 0 keeps no account of that.
    init(_ traffic: Traffic, door: Door, window: Int) {
        self.traffic = traffic
        framing = door.framing
        check = MessageCheck(form: door.form, traffic: traffic)
        let streams = traffic.subscribers * traffic.publishers
        next = [UInt64](repeating: 0, count: streams)
        // As if all before number 0 had come: none of them is missing.
        seen = [UInt64](repeating: .max, count: streams)
        isPrimed = [Bool](repeating: false, count: traffic.subscribers)
        var size = window == 0 ? 0 : 1
        while size < window { size *= 2 }
        remaining = [UInt32](repeating: 0, count: size)
    }

    /// How many messages have not reached all their subscribers yet. Only if a window is kept.
    var outstanding: UInt64 { published - oldest }

    /// Books that the next message is published, to `subscribers` subscribers; its number.
    mutating func publish(to subscribers: Int) -> UInt64 {
        defer { published += 1 }
        if !remaining.isEmpty {
            remaining[Int(published & UInt64(remaining.count - 1))] = UInt32(subscribers)
            if subscribers == 0 { settle(published + 1) }
        }
        return published
    }

    /// Stops waiting for what is outstanding.
    mutating func giveUpOutstanding() {
        for index in remaining.indices { remaining[index] = 0 }
        oldest = published
    }

    private mutating func settle(_ end: UInt64) {
        while oldest < end, remaining[Int(oldest & UInt64(remaining.count - 1))] == 0 { oldest += 1 }
    }

    /// Takes frames from `position` on and moves behind them: all that are whole. A frame that is no message of the run
    /// (the door's own frames, ping, close) is returned, and the caller calls again; `nil` when no whole frame is left.
    mutating func take(
        _ bytes: Span<UInt8>, _ position: inout Int, subscriber: Int, now: UInt64
    ) -> ServerFrameHead? {
        while let frame = framing.frame(bytes, at: position), frame.end <= bytes.count {
            position = frame.end
            guard frame.first == ServerFrameHead.wholeText else { return frame }
            var stamp = Stamp(bytes, at: frame.start + stampOffset)
            if stamp == nil || frame.start + stampOffset + Stamp.size > frame.end {
                guard let found = Stamp.search(bytes.extracting(frame.start..<frame.end)) else {
                    return frame
                }
                stampOffset = found
                stamp = Stamp(bytes, at: frame.start + found)
            }
            guard let stamp else { return frame }
            book(stamp, bytes.extracting(frame.start..<frame.end), subscriber, now)
        }
        return nil
    }

    @inline(__always)
    private mutating func book(_ stamp: Stamp, _ payload: Span<UInt8>, _ subscriber: Int, _ now: UInt64) {
        guard Int(stamp.channel) == traffic.channel(of: subscriber), Int(stamp.publisher) < traffic.publishers
        else {
            return fault("a message came that was not published to this subscriber's channel")
        }
        guard stamp.kind == .counted else { return prime(subscriber) }
        let number = traffic.number(of: stamp)
        guard number < published else { return fault("a message came that was never published") }
        let stream = subscriber * traffic.publishers + Int(stamp.publisher)
        let due = next[stream]
        if stamp.sequence == due {
            next[stream] = due + 1
            seen[stream] = seen[stream] << 1 | 1
        } else if !bookOutOfLine(stamp.sequence, due, stream) {
            return
        }
        counts.delivered += 1
        if due == 0 || due % Self.sampling == 0,
            let problem = check.problem(payload, stampAt: stampOffset, channel: Int(stamp.channel))
        {
            fault(problem)
        }
        if stamp.time >= measuredFrom, stamp.time < measuredUntil {
            latency.record(now > stamp.time ? now - stamp.time : 0)
        }
        if now >= measuredFrom, now < measuredUntil { measured += 1 }
        guard !remaining.isEmpty, number >= oldest else { return }
        let slot = Int(number & UInt64(remaining.count - 1))
        guard remaining[slot] > 0 else { return }
        remaining[slot] -= 1
        if remaining[slot] == 0, number == oldest { settle(published) }
    }

    /// A gap, or a message from before; false for a duplicate, which counts as no delivery.
    private mutating func bookOutOfLine(_ sequence: UInt64, _ due: UInt64, _ stream: Int) -> Bool {
        if sequence > due {
            let gap = sequence - due
            counts.missing += gap
            next[stream] = sequence + 1
            seen[stream] = gap >= 63 ? 1 : seen[stream] << (gap + 1) | 1
            return true
        }
        let bit = due - 1 - sequence
        // From further back than is remembered: it has most likely come before.
        guard bit < 64, seen[stream] >> bit & 1 == 0 else {
            counts.duplicated += 1
            return false
        }
        seen[stream] |= 1 << bit
        counts.reordered += 1
        counts.missing -= 1
        return true
    }

    private mutating func prime(_ subscriber: Int) {
        if !isPrimed[subscriber] {
            isPrimed[subscriber] = true
            primed += 1
        }
    }

    /// Whether every subscriber of `channel` has received a priming message.
    func isPrimed(channel: Int) -> Bool {
        stride(from: channel, to: traffic.subscribers, by: traffic.channels).allSatisfy { isPrimed[$0] }
    }

    private mutating func fault(_ problem: String) {
        counts.corrupt += 1
        firstProblem = firstProblem ?? problem
    }

    /// Deliveries that were to be expected and have not come, those at the end of a sequence included.
    func lost(expected: UInt64) -> UInt64 { expected > counts.delivered ? expected - counts.delivered : 0 }
}
