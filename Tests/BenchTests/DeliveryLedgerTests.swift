import Testing
import Wire

@testable import Bench

@Suite struct DeliveryLedgerTests {
    let traffic: Traffic

    init() throws { traffic = try Traffic(subscribers: 2, channels: 1, publishers: 1, name: "c", size: 64) }

    /// Gives messages of these numbers to subscriber 0, of 100 published.
    private func counts(_ numbers: [UInt64]) -> DeliveryLedger.Counts {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        for _ in 0..<100 { _ = ledger.publish(to: 2) }
        let bytes = numbers.flatMap { Frames.text(Frames.data(traffic, $0)) }
        var position = 0
        #expect(ledger.take(bytes.span, &position, subscriber: 0, now: 1) == nil)
        #expect(position == bytes.count)
        return ledger.counts
    }

    @Test("messages in order are delivered, and nothing else")
    func inOrder() {
        #expect(counts([0, 1, 2, 3]) == .init(delivered: 4))
    }

    @Test("a gap is missing")
    func gap() {
        #expect(counts([0, 1, 5]) == .init(delivered: 3, missing: 3))
    }

    @Test("a message that comes twice counts once, and as a duplicate")
    func duplicate() {
        #expect(counts([0, 1, 1, 2, 0]) == .init(delivered: 3, duplicated: 2))
    }

    @Test("a message that comes late is out of order, and no longer missing")
    func reordered() {
        #expect(counts([0, 2, 1, 3]) == .init(delivered: 4, reordered: 1))
        #expect(counts([0, 3, 2, 1, 1]) == .init(delivered: 4, duplicated: 1, reordered: 2))
    }

    @Test("gaps wider than what is remembered do not confuse the account")
    func wideGap() {
        #expect(counts([0, 64, 65]) == .init(delivered: 3, missing: 63))
        #expect(counts([0, 64, 1]) == .init(delivered: 3, missing: 62, reordered: 1))
        #expect(counts([0, 65, 66]) == .init(delivered: 3, missing: 64))
        #expect(counts([99, 35]) == .init(delivered: 1, missing: 99, duplicated: 1))
    }

    @Test("a message that was never published, or to another channel, is corrupt")
    func corrupt() throws {
        #expect(counts([100]) == .init(corrupt: 1))
        let other = try Traffic(subscribers: 2, channels: 2, publishers: 1, name: "c", size: 64)
        var ledger = DeliveryLedger(other, door: .plain, window: 0)
        for _ in 0..<10 { _ = ledger.publish(to: 1) }
        let frame = Frames.text(Frames.data(other, 1))
        var position = 0
        _ = ledger.take(frame.span, &position, subscriber: 0, now: 1)
        #expect(ledger.counts == .init(corrupt: 1))
        #expect(ledger.firstProblem != nil)
    }

    @Test("native frames are read at their place, and the first of each subscriber as a whole")
    func native() {
        var ledger = DeliveryLedger(traffic, door: .native, window: 0)
        for _ in 0..<2 { _ = ledger.publish(to: 2) }
        var position = 0
        let good = Frames.text(Frames.message(traffic, 0)) + Frames.text(Frames.message(traffic, 1))
        _ = ledger.take(good.span, &position, subscriber: 0, now: 1)
        #expect(ledger.counts == .init(delivered: 2))
        // The bare text is no frame of the native door.
        position = 0
        let bad = Frames.text(Frames.data(traffic, 0))
        _ = ledger.take(bad.span, &position, subscriber: 1, now: 1)
        #expect(ledger.counts.corrupt == 1)
    }

    @Test("a message of another size is corrupt")
    func wrongSize() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        _ = ledger.publish(to: 2)
        let frame = Frames.text(Frames.data(traffic, 0) + [0x78])
        var position = 0
        _ = ledger.take(frame.span, &position, subscriber: 0, now: 1)
        #expect(ledger.counts.corrupt == 1)
    }

    @Test("frames that are no messages are given back one by one")
    func others() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        for _ in 0..<2 { _ = ledger.publish(to: 2) }
        let welcome = Frames.text(Array(#"{"type":"welcome"}"#.utf8))
        let bytes =
            welcome + Frames.text(Frames.data(traffic, 0)) + Frames.control(.ping, [1, 2])
            + Frames.text(Frames.data(traffic, 1)) + Frames.control(.close)
        var position = 0
        #expect(ledger.take(bytes.span, &position, subscriber: 0, now: 1)?.first == 0x81)
        #expect(position == welcome.count)
        #expect(ledger.take(bytes.span, &position, subscriber: 0, now: 1)?.first == 0x89)
        #expect(ledger.take(bytes.span, &position, subscriber: 0, now: 1)?.first == 0x88)
        #expect(ledger.take(bytes.span, &position, subscriber: 0, now: 1) == nil)
        #expect(ledger.counts == .init(delivered: 2))
    }

    @Test("a frame that is not whole is left alone, wherever it is cut")
    func partial() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        _ = ledger.publish(to: 2)
        let frame = Frames.text(Frames.data(traffic, 0))
        for end in 0..<frame.count {
            var position = 0
            let cut = Array(frame[..<end])
            #expect(ledger.take(cut.span, &position, subscriber: 0, now: 1) == nil)
            #expect(position == 0)
        }
        #expect(ledger.counts == .init())
    }

    @Test("priming messages mark their subscriber and are not counted")
    func priming() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        var data = Frames.data(traffic, 0)
        Stamp(channel: 0, publisher: 0, sequence: 0, time: 0, kind: .priming).write(to: &data, at: 0)
        let frame = Frames.text(data)
        for subscriber in [0, 0, 1] {
            #expect(ledger.isPrimed(channel: 0) == false)
            var position = 0
            _ = ledger.take(frame.span, &position, subscriber: subscriber, now: 1)
        }
        #expect(ledger.isPrimed(channel: 0) == true)
        #expect(ledger.primed == 2)
        #expect(ledger.counts == .init())
    }

    @Test("only what falls into the measuring window is measured")
    func measuringWindow() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 0)
        ledger.measuredFrom = 100
        ledger.measuredUntil = 200
        // (due, received)
        for (number, times) in [(50, 60), (90, 110), (150, 160), (190, 210), (210, 220)].enumerated() {
            _ = ledger.publish(to: 1)
            let frame = Frames.text(Frames.data(traffic, UInt64(number), time: UInt64(times.0)))
            var position = 0
            _ = ledger.take(frame.span, &position, subscriber: 0, now: UInt64(times.1))
        }
        // Latency goes by when it was due, throughput by when it came.
        #expect(ledger.latency.count == 2)
        #expect(ledger.latency.maximum == 20)
        #expect(ledger.measured == 2)
        #expect(ledger.counts.delivered == 5)
    }

    @Test("the window moves when its oldest message has reached everyone")
    func window() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 4)
        for _ in 0..<4 { _ = ledger.publish(to: 2) }
        #expect(ledger.outstanding == 4)
        func receive(_ number: UInt64, _ subscriber: Int) {
            var position = 0
            _ = ledger.take(
                Frames.text(Frames.data(traffic, number)).span, &position, subscriber: subscriber, now: 1)
        }
        receive(0, 0)
        receive(1, 0)
        #expect(ledger.outstanding == 4)
        receive(0, 1)
        #expect(ledger.outstanding == 3)
        // A duplicate settles nothing.
        receive(1, 0)
        #expect(ledger.outstanding == 3)
        receive(1, 1)
        #expect(ledger.outstanding == 2)
        _ = ledger.publish(to: 2)
        #expect(ledger.outstanding == 3)
        ledger.giveUpOutstanding()
        #expect(ledger.outstanding == 0)
        // What was given up may still come, and is counted.
        receive(2, 0)
        receive(2, 1)
        #expect(ledger.outstanding == 0)
        #expect(ledger.counts.delivered == 6)
        #expect(ledger.lost(expected: 10) == 4)
    }

    @Test("a message to nobody is settled at once")
    func noSubscribers() {
        var ledger = DeliveryLedger(traffic, door: .plain, window: 4)
        _ = ledger.publish(to: 0)
        #expect(ledger.outstanding == 0)
    }

    @Test("arbitrary bytes are survived")
    func arbitraryBytes() {
        var random = FrameKeys(seed: 7)
        for _ in 0..<2000 {
            var ledger = DeliveryLedger(traffic, door: .native, window: 4)
            _ = ledger.publish(to: 2)
            var bytes = Frames.text(Frames.message(traffic, 0)) + Frames.text(Frames.message(traffic, 0))
            for _ in 0..<(1 + random.next() % 4) {
                bytes[Int(random.next()) % bytes.count] = UInt8(truncatingIfNeeded: random.next())
            }
            var position = 0
            while position < bytes.count {
                let before = position
                if ledger.take(bytes.span, &position, subscriber: 1, now: 1) == nil { break }
                #expect(position > before && position <= bytes.count)
            }
        }
    }
}

extension ServerFrameHead: Equatable {
    public static func == (left: ServerFrameHead, right: ServerFrameHead) -> Bool {
        left.first == right.first && left.start == right.start && left.end == right.end
    }
}
