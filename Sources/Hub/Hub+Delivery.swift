import Wire

/// Handing in: what is owed to whom, in order, for this turn.
extension Hub {
    /// Owes a message to every subscriber of a confirmed topic but `excluded`.
    /// - Parameters:
    ///   - message: the message's JSON, whole and valid.
    ///   - view: of `message`.
    public mutating func deliver(
        _ message: Span<UInt8>, _ view: MessageView, kind: Topic.Kind, name: Span<UInt8>,
        excluding excluded: UInt32?
    ) {
        guard let topic = liveTopic(kind, name) else { return }
        deliver(message, view, to: topic, excluding: excluded)
    }

    /// The same to a topic that has been found already.
    /// - Parameter position: where the message stands in the topic's stream, from 1; 0 where it has no place.
    public mutating func deliver(
        _ message: Span<UInt8>, _ view: MessageView, to topic: UInt32, position: UInt64 = 0,
        excluding excluded: UInt32?
    ) {
        var list = topics[topic].lists
        while list != SubscriberList.none {
            if lists[Int(list)].format != .held {
                append(message, view, to: list, position, excluding: excluded)
            }
            list = lists[Int(list)].next
        }
    }

    /// Owes a notice to every subscriber of a topic whose format has a form for it: what is about the channel, but no
    /// message in it.
    public mutating func announce(_ notice: Span<UInt8>, kind: Topic.Kind, name: Span<UInt8>) {
        guard let topic = topics.find(kind, name) else { return }
        var list = topics[topic].lists
        while list != SubscriberList.none {
            var bytes: [UInt8] = []
            lists[Int(list)].format.appendNotice(notice, to: &bytes)
            for member in lists[Int(list)].members { send(bytes.span, to: member.connection) }
            list = lists[Int(list)].next
        }
    }

    mutating func append(
        _ message: Span<UInt8>, _ view: MessageView, to list: UInt32, _ position: UInt64,
        excluding excluded: UInt32?
    ) {
        var batch = lists[Int(list)].batch
        if batch == SubscriberList.none {
            batch = turn.open()
            lists[Int(list)].batch = batch
            turn.touched.append(list)
        } else if turn.batches[Int(batch)].bytes.count >= Self.batchSize {
            batch = turn.open()
            lists[Int(list)].batch = batch
            current = SubscriberList.none
        }
        if let excluded {
            closeEntry(of: excluded, on: batch)
            current = SubscriberList.none
        }
        let start = UInt32(turn.batches[Int(batch)].bytes.count)
        lists[Int(list)].format.append(message, view, to: &turn.batches[Int(batch)].bytes)
        if let policy = lists[Int(list)].slow {
            let serial = lists[Int(list)].serial
            sequence += 1
            turn.marks[batch, default: BatchMarks(serial: serial, policy: policy)]
                .add(Int(start), position: position, sequence: sequence)
        }
        guard current != list else { return }
        openEntries(of: list, on: batch, from: start, excluding: excluded)
        current = excluded == nil ? list : SubscriberList.none
    }

    /// Gives every member of the list an open entry on the batch, unless its last entry is that already. The one
    /// loop over subscribers per message, and only where messages of different lists take turns.
    mutating func openEntries(
        of list: UInt32, on batch: UInt32, from start: UInt32, excluding excluded: UInt32?
    ) {
        let members = lists[Int(list)].members
        for index in members.indices {
            let slot = members[index].connection
            let tail = outboxes[Int(slot)].tail
            if tail != Entry.none {
                let entry = turn.entries[Int(tail)]
                if entry.end == Entry.open {
                    if entry.batch == batch { continue }
                    turn.entries[Int(tail)].end = UInt32(turn.batches[Int(entry.batch)].bytes.count)
                }
            }
            if slot != excluded { link(Entry(batch: batch, start: start, end: Entry.open), to: slot) }
        }
    }

    /// Owes bytes, framed already, to one connection.
    public mutating func send(_ bytes: Span<UInt8>, to slot: UInt32) {
        guard !bytes.isEmpty else { return }
        if turn.direct == SubscriberList.none || turn.batches[Int(turn.direct)].bytes.count >= Self.batchSize
        {
            turn.direct = turn.open()
        }
        let batch = turn.direct
        let start = UInt32(turn.batches[Int(batch)].bytes.count)
        turn.batches[Int(batch)].bytes.append(copying: bytes)
        owe(batch, start, to: slot)
    }

    /// Owes a batch, from `start` on, to one connection, without a copy: a file, or what many missed.
    public mutating func send(_ shared: Batch, from start: Int = 0, to slot: UInt32) {
        guard start < shared.bytes.count else { return }
        owe(turn.add(shared), UInt32(start), to: slot)
    }

    /// Owes the batch from `start` to its present end.
    mutating func owe(_ batch: UInt32, _ start: UInt32, to slot: UInt32) {
        let end = UInt32(turn.batches[Int(batch)].bytes.count)
        let tail = outboxes[Int(slot)].tail
        if tail != Entry.none {
            let entry = turn.entries[Int(tail)]
            if entry.batch == batch, entry.end == start {
                turn.entries[Int(tail)].end = end
                return
            }
            if entry.end == Entry.open {
                turn.entries[Int(tail)].end = UInt32(turn.batches[Int(entry.batch)].bytes.count)
                current = SubscriberList.none
            }
        }
        link(Entry(batch: batch, start: start, end: end), to: slot)
    }

    @inline(__always)
    mutating func link(_ entry: Entry, to slot: UInt32) {
        let index = UInt32(turn.entries.count)
        turn.entries.append(entry)
        let tail = outboxes[Int(slot)].tail
        if tail == Entry.none {
            outboxes[Int(slot)].head = index
            turn.dirty.append(slot)
        } else {
            turn.entries[Int(tail)].next = index
        }
        outboxes[Int(slot)].tail = index
    }

    /// Ends the connection's open entry on a batch: what is appended to it from now on is not for this one.
    mutating func closeEntry(of slot: UInt32, on batch: UInt32) {
        let tail = outboxes[Int(slot)].tail
        guard batch != SubscriberList.none, tail != Entry.none else { return }
        let entry = turn.entries[Int(tail)]
        guard entry.batch == batch, entry.end == Entry.open else { return }
        turn.entries[Int(tail)].end = UInt32(turn.batches[Int(batch)].bytes.count)
    }
}
