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

    private func receive(
        _ position: inout StreamPosition, _ offset: UInt64, _ epoch: String = "e", _ text: String? = nil
    ) -> StreamPosition.Verdict {
        let message = Array((text ?? "\(offset)").utf8)
        return position.receive(id(offset, epoch), message.span)
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
        #expect(receive(&position, 1) == .hold)
        #expect(!position.isKnown && position.id == nil)
        #expect(position.take(page(newest: 7)) == StreamPosition.Step())
        #expect(position.isCaughtUp && position.id == id(7))
        #expect(receive(&position, 7) == .drop)
        #expect(receive(&position, 8) == .deliver)
        #expect(receive(&position, 8) == .drop)
    }

    @Test("an empty stream begins with offset 1")
    func empty() {
        var position = StreamPosition()
        #expect(position.take(.empty) == StreamPosition.Step())
        #expect(position.isCaughtUp && position.id == nil)
        var late = position
        #expect(receive(&position, 1) == .deliver)
        #expect(receive(&late, 2) == .hold)
        let step = late.take(page(newest: 2, 1...2))
        #expect(step.items.map(\.offset) == [1, 2] && !step.hasGap && late.isCaughtUp)
    }

    @Test("a hole is filled from a page, in order and once")
    func hole() {
        var position = caughtUp(at: 4)
        #expect(receive(&position, 7) == .hold)
        #expect(!position.isCaughtUp && position.readAfter == 4)
        let step = position.take(page(newest: 8, 3...8))
        #expect(step.items.map(\.offset) == [5, 6, 7, 8] && !step.hasGap)
        #expect(receive(&position, 7) == .drop)
        #expect(receive(&position, 9) == .deliver)
    }

    @Test("reads on until a page reaches the end")
    func pages() {
        var position = caughtUp(at: 1)
        position.fallBehind()
        #expect(position.take(page(newest: 5, 2...3)).items.count == 2)
        #expect(!position.isCaughtUp && position.readAfter == 3)
        #expect(receive(&position, 6) == .hold)
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
        #expect(receive(&expired, 1, "f") == .deliver)

        var renewed = follower(of: 2)
        // The page was read after offset 2; of the new stream, all are wanted.
        var other = page("f", newest: 3, 3...3)
        other.items[0] = .init(offset: 3, message: [1])
        let first = renewed.take(other)
        #expect(first.hasGap && first.items.isEmpty && !renewed.isCaughtUp && renewed.readAfter == 0)
        let second = renewed.take(page("f", newest: 3, 1...3))
        #expect(!second.hasGap && second.items.count == 3 && renewed.id == id(3, "f"))

        var back = caughtUp(at: 9)
        back.fallBehind()
        #expect(back.take(page(newest: 6)).hasGap)
        #expect(back.isCaughtUp && receive(&back, 7) == .deliver)
    }

    @Test("a stream of which nothing was seen is not given out from its beginning, when its epoch changes")
    func unseen() {
        var position = caughtUp(at: 5)
        #expect(receive(&position, 6, "f") == .hold)
        let step = position.take(page("f", newest: 6, 6...6))
        #expect(step.hasGap && step.items.isEmpty)
        #expect(position.isCaughtUp && position.id == id(6, "f"))

        // But where its end was looked at, nothing is lost.
        var seen = StreamPosition()
        _ = seen.take(page(newest: 5, 3...5))
        #expect(receive(&seen, 6, "f") == .hold && seen.readAfter == 2)
        let next = seen.take(page("f", newest: 6, 3...6))
        #expect(next.items.map(\.offset) == [6] && !next.hasGap)
    }

    @Test("a new stream is taken from its first message, or read from its beginning")
    func newStream() {
        var position = caughtUp(at: 4)
        #expect(receive(&position, 1, "f") == .deliver)
        #expect(receive(&position, 2, "f") == .deliver)
        #expect(receive(&position, 2, "g") == .hold)
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
                switch self.receive(&position, offset) {
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

    /// One that has had the messages 1 to `newest` live.
    private func follower(of newest: UInt64) -> StreamPosition {
        var position = StreamPosition()
        _ = position.take(.empty)
        for offset in 1...newest { #expect(receive(&position, offset) == .deliver) }
        position.fallBehind()
        return position
    }

    @Test("after a loss of the link it compares, and goes on where all is the same")
    func compares() {
        var position = follower(of: 200)
        #expect(position.readAfter >= 200 - 128 && position.readAfter <= 200 - 64)
        let step = position.take(page(newest: 203, (position.readAfter + 1)...203))
        #expect(step.items.map(\.offset) == [201, 202, 203] && !step.hasGap && !step.hasForked)
        // What is large may fill a page with nothing new.
        position.fallBehind()
        let first = position.take(page(newest: 204, 150...160))
        #expect(first == StreamPosition.Step() && !position.isCaughtUp && position.readAfter == 203)
        #expect(position.take(page(newest: 204, 204...204)).items.count == 1)
    }

    @Test("a stream that went on differently is noticed, and what is new in it delivered")
    func forks() {
        var position = follower(of: 10)
        var other = page(newest: 12, 1...12)
        for index in 7..<12 {
            other.items[index] = .init(offset: UInt64(index + 1), message: [1, UInt8(index)])
        }
        let step = position.take(other)
        #expect(step.hasGap && step.hasForked && step.items.map(\.offset) == [8, 9, 10, 11, 12])
        #expect(position.isCaughtUp && position.id == id(12))
        // Now it is known: the same again is no fork.
        position.fallBehind()
        #expect(position.take(other) == StreamPosition.Step())

        var shorter = follower(of: 10)
        let back = shorter.take(page(newest: 6, 1...6))
        #expect(back.hasGap && back.hasForked && back.items.isEmpty)
        #expect(shorter.isCaughtUp && receive(&shorter, 7) == .deliver)
    }

    @Test("a new epoch of the same stream changes nothing")
    func renewed() {
        var position = follower(of: 10)
        #expect(!position.take(page(newest: 10, 1...10)).hasGap)
        #expect(receive(&position, 11, "f") == .hold)
        let step = position.take(page("f", newest: 11, 1...11))
        #expect(step.items.map(\.offset) == [11] && !step.hasGap && !step.hasForked)
        #expect(position.id == id(11, "f") && receive(&position, 12, "f") == .deliver)
    }

    @Test("a fork that another has noticed, and given a new epoch, is taken up where it began")
    func renewedFork() {
        var position = follower(of: 10)
        var other = page("f", newest: 9, 1...9)
        for index in 7..<9 {
            other.items[index] = .init(offset: UInt64(index + 1), message: [1, UInt8(index)])
        }
        let step = position.take(other)
        #expect(step.hasGap && !step.hasForked && step.items.map(\.offset) == [8, 9])
        #expect(position.isCaughtUp && receive(&position, 10, "f") == .deliver)
    }
}
