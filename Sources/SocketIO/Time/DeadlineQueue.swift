import DequeModule

/// Deadlines that all lie the same time ahead, so that the first to come is the first to be due: adding one and taking
/// one out cost next to nothing, however many there are. Pure; times are milliseconds of whatever clock is given in.
///
/// A deadline cannot be cancelled: whoever takes it out looks whether it still counts.
struct DeadlineQueue<Element> {
    /// From being added to being due.
    let delay: UInt64
    private var entries: Deque<(deadline: UInt64, element: Element)> = []

    init(delay: UInt64) { self.delay = delay }

    /// When the next is due.
    var next: UInt64? { entries.first?.deadline }

    /// - Parameter now: not before the last time.
    /// - Returns: when it is due.
    @discardableResult
    mutating func add(_ element: Element, now: UInt64) -> UInt64 {
        entries.append((now + delay, element))
        return now + delay
    }

    /// Takes out the next that is due, if any.
    mutating func take(now: UInt64) -> (deadline: UInt64, element: Element)? {
        guard let next, next <= now else { return nil }
        return entries.popFirst()
    }

    mutating func removeAll() { entries.removeAll() }
}
