import TestSupport
import Testing
import Wire

@Suite("A WebSocket encoder")
struct WebSocketEncoderTests {
    @Test("builds what the RFC's layout says", arguments: [0, 1, 125, 126, 127, 65535, 65536])
    func layout(_ count: Int) {
        let payload = [UInt8](repeating: 0x61, count: count)
        for opcode in [WebSocketOpcode.text, .binary, .ping, .pong, .close, .continuation] {
            var wanted = RawFrame(opcode, payload)
            wanted.mask = nil
            var bytes: [UInt8] = [1, 2]
            WebSocketEncoder.appendFrame(opcode, payload.span, to: &bytes)
            #expect(bytes == [1, 2] + wanted.bytes)
        }
    }

    @Test(
        "builds frames that a client's decoder reads back",
        arguments: [0, 5, 125, 126, 65535, 65536, 100_000])
    func serverRoundTrip(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        var bytes: [UInt8] = []
        WebSocketEncoder.appendFrame(.binary, payload.span, to: &bytes)
        #expect(DecodedEvent.all(in: bytes, role: .client) == [.binary(payload)])
    }

    @Test(
        "builds masked frames that a server's decoder reads back",
        arguments: [0, 1, 3, 4, 7, 125, 126, 65536])
    func clientRoundTrip(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        for key in [0, 1, 0xDEAD_BEEF, UInt32.max] {
            var bytes: [UInt8] = []
            WebSocketEncoder.appendMaskedFrame(.binary, payload.span, key: key, to: &bytes)
            #expect(DecodedEvent.all(in: bytes) == [.binary(payload)])
            var raw = RawFrame(.binary, payload)
            raw.mask = (0..<4).map { UInt8(key >> (8 * $0) & 0xFF) }
            #expect(bytes == raw.bytes)
        }
    }

    @Test("builds close frames with code and reason", arguments: CloseCode.allCases)
    func close(_ code: CloseCode) {
        var bytes: [UInt8] = []
        WebSocketEncoder.appendClose(code, reason: "gründlich", to: &bytes)
        #expect(DecodedEvent.all(in: bytes, role: .client) == [.close(code.rawValue)])
        #expect(Array(bytes.dropFirst(4)) == Array("gründlich".utf8))
    }

    @Test("echoes a close that carried no code")
    func closeWithoutCode() {
        var bytes: [UInt8] = []
        WebSocketEncoder.appendClose(nil, to: &bytes)
        #expect(bytes == [0x88, 0])
    }

    @Test("cuts a long reason between two characters", arguments: ["a", "é", "€", "😀"])
    func longReason(_ character: String) {
        for prefix in 0..<4 {
            let reason = String(repeating: "x", count: prefix) + String(repeating: character, count: 200)
            var bytes: [UInt8] = []
            WebSocketEncoder.appendClose(.goingAway, reason: reason, to: &bytes)
            #expect(DecodedEvent.all(in: bytes, role: .client) == [.close(1001)])
            let text = Array(bytes.dropFirst(4))
            #expect(text.count > 119 && text.count <= 123)
            #expect(reason.utf8.starts(with: text))
        }
    }
}
