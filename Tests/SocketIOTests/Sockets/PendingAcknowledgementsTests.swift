import Testing

@testable import SocketIO

@Suite("Acknowledgements that are waited for")
struct PendingAcknowledgementsTests {
    @Test("are found by their ids, once")
    func take() {
        let pending = Held(PendingAcknowledgements<String>(maximum: 10))
        #expect(pending { $0.add("a") } == 0)
        #expect(pending { $0.add("b") } == 1)
        #expect(pending { $0.take(1) } == "b")
        #expect(pending { $0.take(1) } == nil)
        #expect(pending { $0.take(7) } == nil)
        #expect(pending { $0.take(0) } == "a")
        #expect(pending { $0.add("c") } == 2)
    }

    @Test("are bounded: the oldest is forgotten")
    func bound() {
        let pending = Held(PendingAcknowledgements<Int>(maximum: 3))
        for number in 0..<5 { #expect(pending { $0.add(number) } == UInt64(number)) }
        #expect(pending.value.count == 3)
        #expect(pending { $0.take(0) } == nil)
        #expect(pending { $0.take(1) } == nil)
        #expect(pending { $0.take(3) } == 3)
        _ = pending { $0.add(5) }
        #expect(pending { $0.take(2) } == 2)
        #expect(pending.value.count == 2)
        // Answered ones do not count.
        for number in 6..<1_000 { #expect(pending { $0.take($0.add(number)) } == number) }
        #expect(pending { $0.take(4) } == 4)
        #expect(pending { $0.take(5) } == 5)
    }
}
