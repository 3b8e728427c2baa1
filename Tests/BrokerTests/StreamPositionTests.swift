import Broker
import TestSupport
import Testing
import Wire

@Suite("A position in a stream")
struct StreamPositionTests {
    private func page(
        _ epoch: String? = "e", oldest: UInt64 = 1, newest: UInt64, _ offsets: ClosedRange<UInt64>? = nil
    ) -> HistoryPage {
        HistoryPage(
            epoch: epoch, newest: newest, oldest: oldest,
            items: offsets.map { $0.map { .init(offset: $0, message: Array("\($0)".utf8)) } } ?? [])
    }

    private func id(_ offset: UInt64, _ epoch: String = "e") -> MessageID {
        MessageID(offset: offset, epoch: epoch)
    }

    /// One that has read up to `newest`.
    private func caughtUp(at newest: UInt64) -> StreamPosition {
        var position = StreamPosition()
        _ = position.take(page(newest: newest))
        return position
    }

    @Test("holds everything until it knows where the stream is")
    func unknown() {
        var position = StreamPosition()
        #expect(position.receive(id(1)) == .hold)
        #expect(!position.isKnown && position.id == nil)
        #expect(position.take(page(newest: 7)) == StreamPosition.Step())
        #expect(position.isCaughtUp && position.id == id(7))
        #expect(position.receive(id(7)) == .drop)
        #expect(position.receive(id(8)) == .deliver)
        #expect(position.receive(id(8)) == .drop)
    }

    @Test("an empty stream begins with offset 1")
    func empty() {
        var position = StreamPosition()
        #expect(position.take(.empty) == StreamPosition.Step())
        #expect(position.isCaughtUp && position.id == nil)
        var late = position
        #expect(position.receive(id(1)) == .deliver)
        #expect(late.receive(id(2)) == .hold)
        let step = late.take(page(newest: 2, 1...2))
        #expect(step.items.map(\.offset) == [1, 2] && !step.hasGap && late.isCaughtUp)
    }

    @Test("a hole is filled from a page, in order and once")
    func hole() {
        var position = caughtUp(at: 4)
        #expect(position.receive(id(7)) == .hold)
        #expect(!position.isCaughtUp && position.readAfter == 4)
        let step = position.take(page(newest: 8, 3...8))
        #expect(step.items.map(\.offset) == [5, 6, 7, 8] && !step.hasGap)
        #expect(position.receive(id(7)) == .drop)
        #expect(position.receive(id(9)) == .deliver)
    }

    @Test("reads on until a page reaches the end")
    func pages() {
        var position = caughtUp(at: 1)
        position.fallBehind()
        #expect(position.take(page(newest: 5, 2...3)).items.count == 2)
        #expect(!position.isCaughtUp && position.readAfter == 3)
        #expect(position.receive(id(6)) == .hold)
        #expect(position.take(page(newest: 6, 4...6)).items.count == 3)
        #expect(position.isCaughtUp && position.id == id(6))
    }

    @Test("says what is lost: trimmed, deleted, begun anew, gone back")
    func gaps() {
        var trimmed = caughtUp(at: 2)
        trimmed.fallBehind()
        let step = trimmed.take(page(oldest: 5, newest: 6, 5...6))
        #expect(step.hasGap && step.items.map(\.offset) == [5, 6] && trimmed.isCaughtUp)

        var emptied = caughtUp(at: 2)
        emptied.fallBehind()
        #expect(emptied.take(page(oldest: 7, newest: 6)).hasGap)
        #expect(emptied.isCaughtUp && emptied.id == id(6))

        var expired = caughtUp(at: 2)
        expired.fallBehind()
        #expect(expired.take(.empty).hasGap)
        #expect(expired.isCaughtUp && expired.id == nil)
        #expect(expired.receive(id(1, "f")) == .deliver)

        var renewed = caughtUp(at: 2)
        renewed.fallBehind()
        // The page was read after offset 2; of the new stream, all are wanted.
        let first = renewed.take(page("f", newest: 3, 3...3))
        #expect(first.hasGap && first.items.isEmpty && !renewed.isCaughtUp && renewed.readAfter == 0)
        let second = renewed.take(page("f", newest: 3, 1...3))
        #expect(!second.hasGap && second.items.count == 3 && renewed.id == id(3, "f"))

        var back = caughtUp(at: 9)
        back.fallBehind()
        #expect(back.take(page(newest: 6)).hasGap)
        #expect(back.isCaughtUp && back.receive(id(7)) == .deliver)
    }

    @Test("a new stream is taken from its first message, or read from its beginning")
    func newStream() {
        var position = caughtUp(at: 4)
        #expect(position.receive(id(1, "f")) == .deliver)
        #expect(position.receive(id(2, "f")) == .deliver)
        #expect(position.receive(id(2, "g")) == .hold)
    }

    @Test("whatever is lost, late or doubled on the way, each message is delivered once and in order")
    func model() throws {
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var newest: UInt64 = 0
            var position = StreamPosition()
            var delivered: [UInt64] = []
            var held: [UInt64] = []
            func read(_ generator: inout SeededGenerator) {
                let first = position.readAfter + 1
                let last = min(newest, first + UInt64(generator.number(0..<4)))
                let items = newest == 0 || first > last ? nil : first...last
                let step = position.take(newest == 0 ? .empty : page(newest: newest, items))
                #expect(!step.hasGap)
                delivered += step.items.map(\.offset)
                guard position.isCaughtUp else { return }
                let again = held
                held = []
                for offset in again { receive(offset) }
            }
            func receive(_ offset: UInt64) {
                switch position.receive(id(offset)) {
                case .deliver: delivered.append(offset)
                case .drop: break
                case .hold: held.append(offset)
                }
            }
            read(&generator)
            for _ in 0..<200 {
                switch generator.number(0..<10) {
                case 0..<5:
                    newest += 1
                    // One in five never arrives, one in five twice.
                    let copies = generator.pick([0, 1, 1, 1, 2])
                    for _ in 0..<copies { receive(newest) }
                case 5: position.fallBehind()
                default: if !position.isCaughtUp { read(&generator) }
                }
            }
            position.fallBehind()
            while !position.isCaughtUp { read(&generator) }
            #expect(delivered == Array(1..<(newest + 1)), "seed \(seed)")
        }
    }
}
