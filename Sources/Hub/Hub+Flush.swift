import Wire

/// Handing out: one write per connection and turn, and the backlogs of those who cannot take theirs.
extension Hub {
    /// The next thing to do for this turn, or `nil` when all is done and the turn is over. Each `.write` must be
    /// answered with `wrote` before the next call. What is handed in between two calls still belongs to this turn.
    public mutating func nextWrite() -> HubWrite? {
        while flushed < turn.dirty.count {
            let slot = turn.dirty[flushed]
            let head = outboxes[Int(slot)].head
            if head == Entry.none {
                flushed += 1
            } else if outboxes[Int(slot)].isBlocked || outboxes[Int(slot)].hasOverflowed {
                flushed += 1
                if spill(slot) { return .overflow(slot: slot) }
            } else {
                return take(slot, from: head)
            }
        }
        guard flushed > 0 || !turn.batches.isEmpty else { return nil }
        for list in turn.touched { lists[Int(list)].batch = SubscriberList.none }
        turn.reset()
        current = SubscriberList.none
        flushed = 0
        return nil
    }

    /// The connection's next write: its first entry, and the small ones behind it.
    mutating func take(_ slot: UInt32, from head: UInt32) -> HubWrite {
        let entry = turn.entries[Int(head)]
        let batch = turn.batches[Int(entry.batch)]
        let range = range(of: entry)
        // This connection's entries end here: what is still handed in needs new ones.
        current = SubscriberList.none
        outboxes[Int(slot)].head = entry.next
        guard entry.next != Entry.none, range.count < Self.gatherSize else {
            if entry.next == Entry.none { outboxes[Int(slot)].tail = Entry.none }
            return .write(slot: slot, batch: batch, range: range)
        }
        scratch.bytes.removeAll(keepingCapacity: true)
        scratch.bytes.append(contentsOf: batch.bytes[range])
        var cursor = entry.next
        while cursor != Entry.none {
            let entry = turn.entries[Int(cursor)]
            let range = self.range(of: entry)
            guard scratch.bytes.count + range.count <= Self.gatherSize else { break }
            scratch.bytes.append(contentsOf: turn.batches[Int(entry.batch)].bytes[range])
            cursor = entry.next
        }
        outboxes[Int(slot)].head = cursor
        if cursor == Entry.none { outboxes[Int(slot)].tail = Entry.none }
        return .write(slot: slot, batch: scratch, range: 0..<scratch.bytes.count)
    }

    func range(of entry: Entry) -> Range<Int> {
        Int(
            entry.start)..<(entry.end == Entry.open
            ? turn.batches[Int(entry.batch)].bytes.count : Int(entry.end))
    }

    /// Moves what a blocked connection is owed to its backlog; true if that overflowed just now.
    mutating func spill(_ slot: UInt32) -> Bool {
        var cursor = outboxes[Int(slot)].head
        outboxes[Int(slot)].head = Entry.none
        outboxes[Int(slot)].tail = Entry.none
        guard !outboxes[Int(slot)].hasOverflowed else { return false }
        while cursor != Entry.none {
            let entry = turn.entries[Int(cursor)]
            let range = range(of: entry)
            let tag = turn.marks.isEmpty ? nil : turn.marks[entry.batch]?.tag(range)
            backlogs[slot, default: Backlog()].append(turn.batches[Int(entry.batch)], range, tag)
            cursor = entry.next
        }
        guard backlogCount(slot) > outboxes[Int(slot)].limit else { return false }
        relieve(slot)
        guard backlogCount(slot) > outboxes[Int(slot)].limit else { return false }
        backlogs[slot] = nil
        outboxes[Int(slot)].hasOverflowed = true
        return true
    }

    /// Moves what this turn has for a blocked connection to its backlog at once; true if that overflowed.
    public mutating func settle(_ slot: UInt32) -> Bool {
        // The connection has no open entry any more.
        current = SubscriberList.none
        return spill(slot)
    }

    /// Reports a write: `isBlocked` when the socket took less than all of it and the rest waits below.
    public mutating func wrote(_ slot: UInt32, isBlocked: Bool) {
        outboxes[Int(slot)].isBlocked = isBlocked
    }

    public func isBlocked(_ slot: UInt32) -> Bool { outboxes[Int(slot)].isBlocked }

    /// Whether nothing at all waits for the connection.
    public func isIdle(_ slot: UInt32) -> Bool {
        !outboxes[Int(slot)].isBlocked && outboxes[Int(slot)].head == Entry.none
    }

    /// The bytes waiting in the connection's backlog.
    public func backlogCount(_ slot: UInt32) -> Int { backlogs[slot]?.count ?? 0 }

    /// Puts bytes behind an overflown connection's lost backlog: its close frame.
    public mutating func sendLast(_ bytes: [UInt8], to slot: UInt32) {
        backlogs[slot, default: Backlog()].append(Batch(bytes), 0..<bytes.count)
    }

    /// The next bytes for a connection that has become writable; `nil` when its backlog is empty and it takes part
    /// in turns again. Each must be reported with `wrote`; ask again only while that was not blocked.
    public mutating func nextBacklogWrite(_ slot: UInt32) -> (batch: Batch, range: Range<Int>)? {
        guard let item = backlogs[slot]?.popFirst() else {
            backlogs[slot] = nil
            outboxes[Int(slot)].isBlocked = false
            return nil
        }
        return (item.batch, item.range)
    }
}
