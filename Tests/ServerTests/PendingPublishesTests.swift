import Hub
import TestSupport
import Testing

@testable import Server

@Suite("Pending publishes")
struct PendingPublishesTests {
    private func origin(_ slot: UInt32) -> PendingPublish.Origin {
        .plain(ConnectionID(slot: slot, generation: 7))
    }

    @Test("are found by their receipt, once")
    func once() {
        var pending = PendingPublishes()
        let receipts = (0..<3).map { pending.add(origin($0)) }
        #expect(Set(receipts).count == 3)
        #expect(pending.take(receipts[1])?.connection.slot == 1)
        #expect(pending.take(receipts[1]) == nil)
        #expect(pending.take(receipts[0])?.connection.slot == 0)
        #expect(pending.take(receipts[0]) == nil)
        #expect(pending.take(receipts[2])?.connection == ConnectionID(slot: 2, generation: 7))
        #expect(pending.take(receipts[2]) == nil)
    }

    @Test("do not know receipts that were never given")
    func unknown() {
        var pending = PendingPublishes()
        #expect(pending.take(0) == nil)
        let receipt = pending.add(origin(1))
        #expect(pending.take(receipt + 1) == nil)
        #expect(pending.take(.max) == nil)
        #expect(pending.take(receipt) != nil)
        #expect(pending.add(origin(2)) != receipt)
    }

    @Test("are each answered once, in whatever order the answers come")
    func anyOrder() {
        var generator = SeededGenerator(seed: 2)
        var pending = PendingPublishes()
        var open: [(receipt: UInt64, slot: UInt32)] = []
        var seen: Set<UInt64> = []
        for number in 0..<20_000 as Range<UInt32> {
            if open.isEmpty || !generator.isOne(in: 2) {
                let receipt = pending.add(origin(number))
                guard seen.insert(receipt).inserted else {
                    Issue.record("receipt \(receipt) was given twice")
                    return
                }
                open.append((receipt, number))
            } else {
                // Mostly the oldest, as a broker answers.
                let index = generator.isOne(in: 4) ? generator.number(0..<open.count) : 0
                let (receipt, slot) = open.remove(at: index)
                guard pending.take(receipt)?.connection.slot == slot, pending.take(receipt) == nil else {
                    Issue.record("receipt \(receipt) is not answered once")
                    return
                }
            }
        }
        #expect(open.allSatisfy { pending.take($0.receipt)?.connection.slot == $0.slot })
    }
}
