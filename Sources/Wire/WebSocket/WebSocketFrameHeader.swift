/// The head of one frame, RFC 6455 section 5.2: decoded, checked against the rules that need no history.
struct WebSocketFrameHeader {
    var opcode: WebSocketOpcode
    var isFinal: Bool
    var length: Int
    /// The masking key in wire order (first byte lowest), 0 when the frame is not masked.
    var mask: UInt32

    /// The longest header: 2 bytes, 8 of length, 4 of mask.
    static let maximumLength = 14

    /// How many bytes the header has that begins with `second` as its second byte.
    static func length(secondByte second: UInt8) -> Int {
        let extended =
            switch second & 0x7F {
            case 126: 2
            case 127: 8
            default: 0
            }
        return 2 + extended + (second & 0x80 != 0 ? 4 : 0)
    }

    /// Decodes the header that starts at `start`; all of its bytes are there.
    init(_ bytes: Span<UInt8>, at start: Int, isMasked expectsMask: Bool) throws(WebSocketError) {
        let first = bytes[start]
        let second = bytes[start + 1]
        guard first & 0x70 == 0 else { throw WebSocketError(.protocolError, "reserved bits are set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw WebSocketError(.protocolError, "opcode \(first & 0x0F) is reserved")
        }
        let isFinal = first & 0x80 != 0
        guard (second & 0x80 != 0) == expectsMask else {
            throw WebSocketError(
                .protocolError,
                expectsMask ? "a client's frames must be masked" : "a server's frame is masked")
        }
        var position = start + 2
        var length = UInt64(second & 0x7F)
        if length >= 126 {
            let count = length == 126 ? 2 : 8
            length = 0
            for _ in 0..<count {
                length = length << 8 | UInt64(bytes[position])
                position += 1
            }
            guard length >= (count == 2 ? 126 : 65536) else {
                throw WebSocketError(.protocolError, "the frame length is not in its shortest form")
            }
            guard length <= UInt64(Int.max) else {
                throw WebSocketError(.protocolError, "the frame length has its highest bit set")
            }
        }
        if opcode.isControl {
            guard isFinal else { throw WebSocketError(.protocolError, "a control frame is fragmented") }
            guard length <= 125 else {
                throw WebSocketError(.protocolError, "a control frame is over 125 bytes")
            }
        }
        var mask: UInt32 = 0
        if expectsMask {
            for shift in 0..<4 { mask |= UInt32(bytes[position + shift]) << UInt32(8 * shift) }
        }
        self.opcode = opcode
        self.isFinal = isFinal
        self.length = Int(length)
        self.mask = mask
    }
}
