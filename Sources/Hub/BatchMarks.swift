/// Where the messages of a batch begin, noted for the lists of topics whose messages can be told apart later.
struct BatchMarks {
    struct Mark {
        let start: Int
        /// Where the message stands in its stream; 0 where it has no place.
        let position: UInt64
        /// `Hub.sequence` of the message.
        let sequence: UInt64
    }

    /// The list's, see `SubscriberList.serial`.
    let serial: UInt64
    let policy: SlowPolicy
    private(set) var marks: [Mark] = []

    init(serial: UInt64, policy: SlowPolicy) {
        self.serial = serial
        self.policy = policy
    }

    mutating func add(_ start: Int, position: UInt64, sequence: UInt64) {
        marks.append(Mark(start: start, position: position, sequence: sequence))
    }

    /// What a range of whole messages has: what it takes to drop them. `nil` where they cannot be told apart.
    func tag(_ range: Range<Int>) -> Backlog.Tag? {
        let (first, end) = (index(of: range.lowerBound), index(of: range.upperBound))
        guard first < end, marks[first].start == range.lowerBound else { return nil }
        let position = marks[first..<end].first { $0.position > 0 }?.position ?? 0
        return Backlog.Tag(
            serial: serial, policy: policy, newest: marks[end - 1].start..<range.upperBound,
            position: position, sequence: marks[first].sequence)
    }

    /// The index of the first mark at or after a place.
    private func index(of start: Int) -> Int {
        var (low, high) = (0, marks.count)
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
