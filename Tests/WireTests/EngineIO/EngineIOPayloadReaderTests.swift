import Testing
import Wire

@Suite("The reader of polling payloads")
struct EngineIOPayloadReaderTests {
    /// A packet with its data, whatever it was found in.
    enum Packet: Equatable {
        case text(EngineIOPacketType, String)
        case binary([UInt8])
    }

    static func packets(_ payload: [UInt8], maximum: Int = 100) throws(EngineIOError) -> [Packet] {
        var reader = EngineIOPayloadReader(maximumPackets: maximum)
        var packets: [Packet] = []
        while let packet = try reader.next(payload.span) {
            switch packet {
            case .text(let type, let range):
                packets.append(.text(type, String(decoding: payload[range], as: UTF8.self)))
            case .binary(let bytes): packets.append(.binary(bytes))
            }
        }
        return packets
    }

    private func packets(_ payload: String, maximum: Int = 100) throws(EngineIOError) -> [Packet] {
        try Self.packets(Array(payload.utf8), maximum: maximum)
    }

    /// The examples of the protocol's description.
    @Test("takes payloads apart")
    func payloads() throws {
        #expect(try packets("4hello") == [.text(.message, "hello")])
        #expect(
            try packets("4hello\u{1E}2\u{1E}4world") == [
                .text(.message, "hello"), .text(.ping, ""), .text(.message, "world"),
            ])
        #expect(
            try packets("4hello\u{1E}bAQIDBA==") == [.text(.message, "hello"), .binary([1, 2, 3, 4])])
        #expect(try packets("b") == [.binary([])])
        #expect(try packets("4€") == [.text(.message, "€")])
        #expect(try packets("2probe") == [.text(.ping, "probe")])
    }

    @Test("knows every type")
    func types() throws {
        for type in EngineIOPacketType.allCases {
            #expect(try Self.packets([type.rawValue]) == [.text(type, "")])
        }
    }

    @Test(
        "refuses what is no packet",
        arguments: [
            "", "abc", "7", "/", "é", "4a\u{1E}", "\u{1E}4a", "4a\u{1E}\u{1E}4b", "4a\u{1E}x", "bA", "bA===",
            "bAQ", "bAQID=", "b AQID", "b_-_-", "bAQIDBA==\n",
        ])
    func errors(_ payload: String) {
        #expect(throws: EngineIOError.self) { try packets(payload) }
    }

    @Test("takes so many packets and no more")
    func maximum() throws {
        #expect(try packets("41\u{1E}42", maximum: 2).count == 2)
        #expect(throws: EngineIOError.self) { try packets("41\u{1E}42\u{1E}43", maximum: 2) }
    }
}
