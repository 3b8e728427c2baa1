import TestSupport
import Testing

@testable import Hub

@Suite("A backlog")
struct BacklogTests {
    /// All that waits, taken out.
    private func drain(_ backlog: inout Backlog) -> [Backlog.Item] {
        var items: [Backlog.Item] = []
        while let item = backlog.popFirst() { items.append(item) }
        return items
    }

    private func bytes(_ items: [Backlog.Item]) -> [UInt8] { items.flatMap { $0.batch.bytes[$0.range] } }

    @Test("refers to a batch of which it holds a quarter or more")
    func reference() {
        let batch = Batch([UInt8](0..<100))
        var backlog = Backlog()
        backlog.append(batch, 0..<100)
        backlog.append(batch, 10..<35)
        #expect(backlog.count == 125)
        let items = drain(&backlog)
        #expect(items.allSatisfy { $0.batch === batch })
        #expect(items.map(\.range) == [0..<100, 10..<35])
        #expect(backlog.isEmpty && backlog.count == 0)
    }

    @Test("copies less than a quarter of a batch, small copies together")
    func copy() {
        let batch = Batch([UInt8](0..<100))
        var backlog = Backlog()
        backlog.append(batch, 0..<10)
        backlog.append(batch, 50..<74)
        #expect(backlog.count == 34)
        let items = drain(&backlog)
        #expect(items.count == 1)
        #expect(items.allSatisfy { $0.batch !== batch })
        #expect(bytes(items) == Array(0..<10) + Array(50..<74))
    }

    @Test("keeps the order when copies and references take turns")
    func order() {
        let large = Batch([UInt8](repeating: 1, count: 1000))
        let small = Batch([2, 2])
        var backlog = Backlog()
        var wanted: [UInt8] = []
        for _ in 0..<3 {
            backlog.append(large, 0..<3)
            backlog.append(large, 7..<9)
            backlog.append(small, 0..<2)
            wanted += [1, 1, 1, 1, 1, 2, 2]
        }
        #expect(backlog.count == wanted.count)
        let items = drain(&backlog)
        #expect(items.count == 6)
        #expect(bytes(items) == wanted)
    }

    @Test("does not change a copy that has been handed out")
    func handedOut() throws {
        let large = Batch([UInt8](repeating: 1, count: 1000))
        var backlog = Backlog()
        backlog.append(large, 0..<3)
        let popped = backlog.popFirst()
        let first = try #require(popped)
        backlog.append(large, 0..<5)
        #expect(first.batch.bytes == [1, 1, 1] && first.range == 0..<3)
        #expect(bytes(drain(&backlog)).count == 5)
    }

    @Test("never keeps more than four times its own bytes alive, whatever it is given")
    func memory() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            var backlog = Backlog()
            var wanted: [UInt8] = []
            for _ in 0..<generator.number(1..<40) {
                let size = generator.pick([1, 5, 40, 1000, 30_000])
                let batch = Batch([UInt8](repeating: generator.byte(), count: size))
                let start = generator.number(0..<size)
                let range = start..<generator.number((start + 1)..<(size + 1))
                backlog.append(batch, range)
                wanted += batch.bytes[range]
            }
            #expect(backlog.count == wanted.count)
            let items = drain(&backlog)
            #expect(bytes(items) == wanted)
            let batches = Dictionary(
                items.map { (ObjectIdentifier($0.batch), $0.batch) }, uniquingKeysWith: { $1 })
            #expect(batches.values.reduce(0) { $0 + $1.bytes.count } <= 4 * wanted.count + 3 * items.count)
        }
    }

    @Test("forgets all")
    func removeAll() {
        var backlog = Backlog()
        backlog.append(Batch([1, 2]), 0..<2)
        backlog.removeAll()
        #expect(backlog.isEmpty && backlog.count == 0 && drain(&backlog).isEmpty)
    }
}
