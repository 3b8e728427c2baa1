import Broker
import Wire

/// How far one connection has been given its user's inbox, and whether to look for more. Pure.
///
/// A notification that is the next in line is sent as it is signalled. After anything else (signals were missed, the
/// socket is full) the inbox is read from the position, a page at a time: nothing is left out or sent twice.
struct InboxReader {
    let device: DeviceName
    /// The last that was sent, or is known not to come any more; `nil` before the first page.
    private(set) var position: MessageID?
    private var isReading = false
    /// There may be something behind `position` that nobody is going to signal again.
    private var mustLook = false
    /// The last that was signalled and not sent.
    private var skipped: MessageID?

    init(device: DeviceName) { self.device = device }

    /// Signals were missed: it is to look.
    mutating func lookAgain() { mustLook = true }

    /// Whether to ask for a page now; it says so once, until `took` or `failed`.
    mutating func shouldRead(isBlocked: Bool) -> Bool {
        guard !isReading, !isBlocked, mustLook || isBehind else { return false }
        isReading = true
        mustLook = false
        return true
    }

    private var isBehind: Bool {
        guard let skipped else { return false }
        guard let position, position.epoch == skipped.epoch else { return true }
        return skipped.offset > position.offset
    }

    /// A notification was signalled. True if it is to be sent now.
    mutating func offered(_ id: MessageID, isBlocked: Bool) -> Bool {
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
        return true
    }

    /// The page that was asked for has come; its notifications are to be sent.
    mutating func took(_ page: InboxPage) {
        isReading = false
        position = page.end
        if page.hasMore { mustLook = true }
        if let skipped, skipped.epoch != page.end.epoch {
            // The inbox has begun anew, before this page or after it: one more look tells.
            self.skipped = nil
            mustLook = true
        }
    }

    /// The page could not be had.
    mutating func failed() {
        isReading = false
        mustLook = true
    }
}
