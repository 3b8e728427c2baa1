import Broker
import Wire

/// How far one connection has been given its user's inbox, and whether to look for more. Pure.
///
/// A notification that is the next in line is sent as it is signalled. After anything else (signals were missed, the
/// socket is full) the inbox is read from the position, a page at a time: nothing is left out or sent twice. Offsets
/// alone do not prove that: a Redis that took over may have missed the newest notifications and given their offsets to
/// others. So the last that were sent are remembered by a hash each, and after every loss of the signals the inbox is
/// read from a little before the position and compared.
struct InboxReader {
    private struct Mark {
        let offset: UInt64
        let hash: UInt64
    }

    let device: DeviceName
    /// The last that was sent, or is known not to come any more; `nil` before the first page.
    private(set) var position: MessageID?
    /// The last notifications that were sent, by offset.
    private var marks: [Mark] = []
    private var isReading = false
    /// The page under way is to be compared with what was sent, or the next one is.
    private var isComparing = false
    private var mustCompare = false
    /// There may be something behind `position` that nobody is going to signal again.
    private var mustLook = false
    /// The last that was signalled and not sent.
    private var skipped: MessageID?

    /// How many notifications are remembered, at least, of those that were sent.
    static let leastMarks = 64

    init(device: DeviceName) { self.device = device }

    /// It is to look whether there is more.
    mutating func lookAgain() { mustLook = true }

    /// Signals were missed: it is to look, and to compare.
    mutating func lookAgainAfterLoss() {
        mustLook = true
        mustCompare = true
    }

    /// Whether to ask for a page now, after `readAfter`; it says so once, until `took` or `failed`.
    mutating func shouldRead(isBlocked: Bool) -> Bool {
        guard !isReading, !isBlocked, mustLook || isBehind else { return false }
        isReading = true
        mustLook = false
        isComparing = mustCompare
        mustCompare = false
        return true
    }

    /// Where the page that was asked for begins; `nil`: with what the device has not acknowledged.
    var readAfter: MessageID? {
        guard isComparing, let position else { return position }
        return marks.first.map { MessageID(offset: $0.offset - 1, epoch: position.epoch) }
    }

    private var isBehind: Bool {
        guard let skipped else { return false }
        guard let position, position.epoch == skipped.epoch else { return true }
        return skipped.offset > position.offset
    }

    /// A notification was signalled. True if it is to be sent now.
    mutating func offered(_ id: MessageID, _ notification: Span<UInt8>, isBlocked: Bool) -> Bool {
        guard let position else {
            skipped = id
            return false
        }
        if position.epoch == id.epoch, id.offset <= position.offset { return false }
        guard position.epoch == id.epoch, id.offset == position.offset + 1, !isReading, !mustLook, !isBehind,
            !isBlocked
        else {
            skipped = id
            return false
        }
        self.position = id
        remember(id.offset, Self.hash(notification))
        return true
    }

    /// The page that was asked for has come.
    /// - Returns: what of it is to be sent.
    mutating func took(_ page: InboxPage) -> [[UInt8]] {
        isReading = false
        isComparing = false
        if position?.epoch != page.end.epoch { marks = [] }
        position = page.end
        if page.hasMore { mustLook = true }
        if let skipped, skipped.epoch != page.end.epoch {
            // The inbox has begun anew, before this page or after it: one more look tells.
            self.skipped = nil
            mustLook = true
        }
        return page.notifications.filter { isNew($0.span) }
    }

    /// The page could not be had.
    mutating func failed() {
        isReading = false
        mustLook = true
        if isComparing { mustCompare = true }
        isComparing = false
    }

    // MARK: What was sent

    /// Whether a notification was not sent yet. It is to be sent now, then.
    private mutating func isNew(_ notification: Span<UInt8>) -> Bool {
        guard let offset = NotificationEncoder.id(of: notification)?.offset else { return false }
        let hash = Self.hash(notification)
        if let last = marks.last, offset <= last.offset,
            marks.contains(where: { $0.offset == offset && $0.hash == hash })
        {
            return false
        }
        remember(offset, hash)
        return true
    }

    private mutating func remember(_ offset: UInt64, _ hash: UInt64) {
        if let last = marks.last, offset <= last.offset {
            marks.removeAll { $0.offset == offset }
            let index = marks.firstIndex { $0.offset > offset } ?? marks.endIndex
            marks.insert(Mark(offset: offset, hash: hash), at: index)
        } else {
            marks.append(Mark(offset: offset, hash: hash))
        }
        if marks.count >= 2 * Self.leastMarks { marks.removeFirst(Self.leastMarks) }
    }

    /// FNV-1a: to tell notifications apart, not to resist an attacker.
    private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return hash
    }
}
