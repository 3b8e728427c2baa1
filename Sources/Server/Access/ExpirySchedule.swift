/// Who ends in which second. Pure: adding and taking away cost the same however many there are.
struct ExpirySchedule<Key: Hashable> {
    private var seconds: [Key: Int64] = [:]
    private var keys: [Int64: Set<Key>] = [:]
    /// Everybody before this second has been handed out.
    private var next: Int64?

    var isEmpty: Bool { seconds.isEmpty }

    /// Replaces what was said of the key before.
    mutating func add(_ key: Key, at second: Int64) {
        remove(key)
        seconds[key] = second
        keys[second, default: []].insert(key)
        next = min(next ?? second, second)
    }

    mutating func remove(_ key: Key) {
        guard let second = seconds.removeValue(forKey: key) else { return }
        keys[second]?.remove(key)
        if keys[second]?.isEmpty == true { keys[second] = nil }
        if seconds.isEmpty { next = nil }
    }

    /// Takes out those whose second has come.
    mutating func due(at now: Int64) -> [Key] {
        guard let start = next, start <= now else { return [] }
        var due: [Key] = []
        // Where much time has passed, there are fewer seconds with somebody in them than seconds.
        let passed =
            now - start < 3_600 ? (start...now).filter { keys[$0] != nil } : keys.keys.filter { $0 <= now }
        for second in passed.sorted() {
            for key in keys.removeValue(forKey: second) ?? [] {
                seconds[key] = nil
                due.append(key)
            }
        }
        next = seconds.isEmpty ? nil : now + 1
        return due
    }
}
