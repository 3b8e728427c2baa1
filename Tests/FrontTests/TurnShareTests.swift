import Hub
import Testing

@testable import Front

@Suite("A worker's time")
struct TurnShareTests {
    private let busy = (0..<5).map { ConnectionID(slot: $0, generation: 0) }
    private let millisecond: UInt64 = 1_000_000

    /// Work that takes so long; whether the connection has to rest after it.
    private func work(_ turns: inout TurnShare, for cost: UInt64) -> Bool {
        turns.begin(at: 1_000)
        return turns.end(at: 1_000 + cost)
    }

    @Test("is nobody's to wait for within the budget of a turn")
    func budget() {
        var turns = TurnShare()
        for _ in 0..<5 { #expect(!work(&turns, for: millisecond)) }
        #expect(work(&turns, for: millisecond))
    }

    @Test("is given at once to those who need little of it, also in a long turn")
    func share() {
        var turns = TurnShare()
        #expect(work(&turns, for: 100 * millisecond))
        #expect(!work(&turns, for: TurnShare.share))
        #expect(work(&turns, for: TurnShare.share + 1))
    }

    @Test("is over in the midst of one's work once the budget is spent")
    func interruption() {
        var turns = TurnShare()
        turns.begin(at: 0)
        #expect(!turns.isSpent(at: TurnShare.budget))
        #expect(turns.isSpent(at: TurnShare.budget + 1))
        let hasToRest = turns.end(at: TurnShare.budget + 1)
        #expect(hasToRest)
        #expect(!turns.isSpent(at: .max), "nobody is at work")
    }

    @Test("is counted anew in each turn")
    func anew() {
        var turns = TurnShare()
        #expect(work(&turns, for: 100 * millisecond))
        let number = turns.number
        turns.next()
        #expect(turns.number != number)
        #expect(!work(&turns, for: millisecond))
    }

    @Test("goes to those who rest in the order in which they came, some in each turn")
    func order() {
        var turns = TurnShare()
        #expect(!turns.isAnyoneResting)
        for id in busy { turns.rest(id) }
        var admitted: [ConnectionID] = []
        var longest = 0
        while turns.isAnyoneResting {
            let some = turns.admit()
            longest = max(longest, some.count)
            admitted += some
        }
        #expect(admitted == busy && longest == TurnShare.admitted)
    }
}
