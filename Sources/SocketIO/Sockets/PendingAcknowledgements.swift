/// Events that wait for the client's answer, by id. Bounded: a client that never answers costs no more.
struct PendingAcknowledgements<Answer> {
    private let maximum: Int
    private var pending: [UInt64: Answer] = [:]
    private var nextID: UInt64 = 0
    /// None older is pending.
    private var oldestID: UInt64 = 0

    init(maximum: Int) { self.maximum = max(maximum, 1) }

    var count: Int { pending.count }

    /// Keeps an answer's receiver; for one more than may be, the oldest is forgotten.
    /// - Returns: the event's id.
    mutating func add(_ answer: Answer) -> UInt64 {
        while pending.count >= maximum {
            pending[oldestID] = nil
            oldestID += 1
        }
        let id = nextID
        nextID += 1
        pending[id] = answer
        return id
    }

    /// Takes out whom the answer is for; `nil` if nobody waits for it.
    mutating func take(_ id: UInt64) -> Answer? { pending.removeValue(forKey: id) }
}
