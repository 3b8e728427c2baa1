import TestSupport
import Wire

extension FuzzTarget {
    static let webSocket = [
        FuzzTarget("websocket-server", count: 20_000, notation: .frames(isMasked: true)) {
            WebSocketStream.check($0, &$1, .server)
        },
        FuzzTarget("websocket-client", count: 20_000, notation: .frames(isMasked: false)) {
            WebSocketStream.check($0, &$1, .client)
        },
    ]
}

private enum WebSocketStream {
    /// It is seen the same however it is cut, and only what can be encoded again.
    static func check(
        _ input: [UInt8], _ generator: inout SeededGenerator, _ role: WebSocketDecoder.Role
    ) -> String? {
        let maximum = 150
        let whole = DecodedEvent.all(in: input, role: role, maximum: maximum)
        for pieces in cuts(input, &generator)
        where DecodedEvent.all(in: pieces, role: role, maximum: maximum) != whole {
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
            case .close: break
            case .failure(let error):
                guard (1...123).contains(error.reason.utf8.count) else { return "not a reason: \(error)" }
            }
        }
        return DecodedEvent.all(in: encode(whole, role), role: role, maximum: maximum)
            == whole.filter { $0.failureCode == nil } ? nil : "encoded again it is something else"
    }

    /// The events as the encoder frames them for a decoder of this role.
    private static func encode(_ events: [DecodedEvent], _ role: WebSocketDecoder.Role) -> [UInt8] {
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
}
