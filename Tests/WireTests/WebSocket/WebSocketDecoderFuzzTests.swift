import TestSupport
import Testing
import Wire

@Suite("A WebSocket decoder, fed mutated streams")
struct WebSocketDecoderFuzzTests {
    private static func seeds(isMasked: Bool) -> [[UInt8]] {
        func bytes(_ frames: RawFrame...) -> [UInt8] {
            frames.flatMap { frame in
                var frame = frame
                if !isMasked { frame.mask = nil }
                return frame.bytes
            }
        }
        var long = RawFrame(.binary, [UInt8](repeating: 7, count: 130))
        var huge = RawFrame(.binary)
        huge.length = 1 << 40
        long.mask = [1, 2, 3, 4]
        return [
            bytes(RawFrame(.text, Array("hé".utf8)), RawFrame(.ping, [1])), bytes(long, RawFrame(.pong)),
            bytes(
                RawFrame(.text, Array("a€".utf8), isFinal: false), RawFrame(.ping, [1, 2, 3]),
                RawFrame(.continuation, Array("😀".utf8))),
            bytes(RawFrame.close(1000, Array("bye".utf8)), RawFrame(.text)), bytes(RawFrame(.close)),
            bytes(huge),
            bytes(
                RawFrame(.binary, isFinal: false), RawFrame(.continuation, [1], isFinal: false),
                RawFrame(.continuation)),
        ]
    }

    /// What must hold for any bytes at all.
    private func check(
        _ input: [UInt8], _ generator: inout SeededGenerator, _ role: WebSocketDecoder.Role
    ) -> String? {
        let maximum = 150
        let whole = DecodedEvent.all(in: input, role: role, maximum: maximum)
        guard DecodedEvent.all(in: generator.pieces(of: input), role: role, maximum: maximum) == whole else {
            return "cut into pieces it is something else"
        }
        for event in whole {
            switch event {
            case .text(let bytes):
                guard UTF8Validator.isValid(bytes.span), bytes.count <= maximum else { return "bad text" }
            case .binary(let bytes):
                guard bytes.count <= maximum else { return "too large" }
            case .ping(let bytes), .pong(let bytes):
                guard bytes.count <= 125 else { return "a control frame that is too large" }
            case .close, .failure: break
            }
        }
        return DecodedEvent.all(in: encode(whole, role), role: role, maximum: maximum)
            == whole.filter { $0.failureCode == nil } ? nil : "encoded again it is something else"
    }

    /// The events as the encoder frames them for a decoder of this role.
    private func encode(_ events: [DecodedEvent], _ role: WebSocketDecoder.Role) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
            switch role {
            case .server:
                WebSocketEncoder.appendMaskedFrame(opcode, payload.span, key: 0xA5C3_0F12, to: &bytes)
            case .client: WebSocketEncoder.appendFrame(opcode, payload.span, to: &bytes)
            }
        }
        for event in events {
            switch event {
            case .text(let payload): append(.text, payload)
            case .binary(let payload): append(.binary, payload)
            case .ping(let payload): append(.ping, payload)
            case .pong(let payload): append(.pong, payload)
            case .close(let code): append(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [])
            case .failure: break
            }
        }
        return bytes
    }

    @Test("sees the same however they are cut, and only what can be encoded again, as a server")
    func server() throws {
        try Fuzz.run(20_000, seeds: Self.seeds(isMasked: true)) { check($0, &$1, .server) }
    }

    @Test("and as a client")
    func client() throws {
        try Fuzz.run(20_000, seeds: Self.seeds(isMasked: false)) { check($0, &$1, .client) }
    }
}
