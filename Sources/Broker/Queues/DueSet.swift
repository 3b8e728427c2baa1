/// Job numbers by the time at which something is due for them; of the same time, the smaller number first. Pure.
struct DueSet {
    private struct Entry: Comparable {
        let due: Int64
        let number: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            (left.due, left.number) < (right.due, right.number)
        }
    }

    /// In order.
    private var entries: [Entry] = []
    private var dues: [UInt64: Int64] = [:]

    var count: Int { entries.count }

    /// The earliest time.
    var next: Int64? { entries.first?.due }

    func contains(_ number: UInt64) -> Bool { dues[number] != nil }

    /// Sets the time of a number, which may be new.
    mutating func set(_ number: UInt64, due: Int64) {
        remove(number)
        dues[number] = due
        let entry = Entry(due: due, number: number)
        entries.insert(entry, at: position(of: entry))
    }

    mutating func remove(_ number: UInt64) {
        guard let due = dues.removeValue(forKey: number) else { return }
        entries.remove(at: position(of: Entry(due: due, number: number)))
    }

    /// Takes out all that are due, in order.
    mutating func takeDue(now: Int64) -> [UInt64] {
        let due = entries.prefix { $0.due <= now }.map(\.number)
        entries.removeFirst(due.count)
        for number in due { dues[number] = nil }
        return due
    }

    /// Where the entry stands, or would.
    private func position(of entry: Entry) -> Int {
        var range = entries.startIndex..<entries.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = entries[middle] < entry ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
