import TestSupport
import Testing
import Wire

@testable import SocketIO

@Suite("What does not fit into the answer to a poll")
struct EngineIOUnsentTests {
    private func packets(_ texts: String...) -> [UInt8] { texts.flatMap { Array("\($0)\u{1E}".utf8) } }

    @Test("is taken packet by packet")
    func take() {
        let unsent = Held(EngineIOUnsent())
        #expect(unsent.value.isEmpty)
        #expect(unsent { $0.take(3) }.isEmpty)
        unsent.value.append(packets("4a", "4b", "4c"))
        #expect(unsent { $0.take(2) } == packets("4a", "4b"))
        #expect(!unsent.value.isEmpty)
        unsent.value.append(packets("4d"))
        #expect(unsent { $0.take(.max) } == packets("4c", "4d"))
        #expect(unsent.value.isEmpty)
        unsent.value.append(packets("4e"))
        #expect(unsent { $0.take(1) } == packets("4e"))
        #expect(unsent.value.isEmpty)
    }

    @Test("loses nothing and keeps its order")
    func fuzz() throws {
        try Fuzz.run(2_000, seeds: [packets("4a", "b", "2"), packets("4hello")]) { input, generator in
            var unsent = EngineIOUnsent()
            var given: [UInt8] = []
            var taken: [UInt8] = []
            for part in generator.pieces(of: input) {
                let packets = part + [0x1E]
                unsent.append(packets)
                given += packets
                let maximum = generator.number(0..<4)
                let bytes = unsent.take(maximum)
                guard bytes.count(where: { $0 == 0x1E }) <= maximum else { return "too many packets" }
                guard bytes.isEmpty || bytes.last == 0x1E else { return "half a packet" }
                taken += bytes
            }
            taken += unsent.take(.max)
            return unsent.isEmpty && taken == given ? nil : "something is missing, or in another place"
        }
    }
}
