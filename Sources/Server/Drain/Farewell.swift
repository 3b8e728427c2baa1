/// In what order and at what pace clients are told that the server goes away. Pure.
///
/// They are spread over the time there is, so that they do not all come back elsewhere at once; but few of them are not
/// kept waiting for that. Those with something to finish are told last, or as soon as they have finished it.
struct Farewell<Client: Hashable> {
    private var waiting: [Client]
    private var busy: [Client]
    private let total: Int
    private let time: UInt64
    private var told = 0

    /// The pace below which nobody needs to be protected from so many clients, per second.
    static var leastPace: UInt64 { 100 }

    /// - Parameters:
    ///   - clients: in the order in which they are told.
    ///   - busy: those of them that have something to finish.
    ///   - time: milliseconds until everybody must have been told.
    init(_ clients: [Client], busy: Set<Client>, time: UInt64) {
        waiting = clients.filter { !busy.contains($0) }.reversed()
        self.busy = clients.filter { busy.contains($0) }
        total = waiting.count
        self.time = time
    }

    var isOver: Bool { waiting.isEmpty && busy.isEmpty }

    /// Whom to tell now, so many milliseconds after the beginning.
    mutating func next(after elapsed: UInt64, isBusy: (Client) -> Bool) -> [Client] {
        var clients: [Client] = []
        while told < due(after: elapsed), let client = waiting.popLast() {
            clients.append(client)
            told += 1
        }
        clients += busy.filter { elapsed >= time || !isBusy($0) }
        busy.removeAll { elapsed >= time || !isBusy($0) }
        return clients
    }

    private func due(after elapsed: UInt64) -> Int {
        guard elapsed < time else { return total }
        let byTime = Double(total) * Double(elapsed) / Double(time)
        let byPace = Double(elapsed * Self.leastPace) / 1_000
        return min(total, Int(max(byTime, byPace)) + 1)
    }
}
