/// Builds WebSocket frames, RFC 6455 section 5.2. Messages are never fragmented.
public enum WebSocketEncoder {
    /// Appends the header of an unmasked (server's) frame of `length` payload bytes, which follow it.
    @inlinable
    public static func appendHeader(_ opcode: WebSocketOpcode, length: Int, to bytes: inout [UInt8]) {
        appendHeader(opcode, length: length, maskBit: 0, to: &bytes)
    }

    @inlinable
    public static func appendFrame(_ opcode: WebSocketOpcode, _ payload: Span<UInt8>, to bytes: inout [UInt8])
    {
        appendHeader(opcode, length: payload.count, to: &bytes)
        bytes.append(copying: payload)
    }

    /// Appends a client's frame, masked with `key`, which must be fresh and unpredictable for each frame.
    public static func appendMaskedFrame(
        _ opcode: WebSocketOpcode, _ payload: Span<UInt8>, key: UInt32, to bytes: inout [UInt8]
    ) {
        appendHeader(opcode, length: payload.count, maskBit: 0x80, to: &bytes)
        for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: key >> UInt32(8 * shift))) }
        bytes.reserveCapacity(bytes.count + payload.count)
        for index in payload.indices {
            bytes.append(payload[index] ^ UInt8(truncatingIfNeeded: key >> UInt32(8 * (index & 3))))
        }
    }

    /// Appends a server's close frame; the reason is cut at 123 bytes, the most a control frame can hold.
    public static func appendClose(_ code: CloseCode, reason: String, to bytes: inout [UInt8]) {
        appendClose(code.rawValue, reason: reason, to: &bytes)
    }

    /// The same with a bare code: the echo of a peer's close, `nil` for one that carried none.
    public static func appendClose(_ code: UInt16?, reason: String = "", to bytes: inout [UInt8]) {
        guard let code else { return appendHeader(.close, length: 0, to: &bytes) }
        var text = Array(reason.utf8.prefix(123))
        while !UTF8Validator.isValid(text.span) { text.removeLast() }
        appendHeader(.close, length: 2 + text.count, to: &bytes)
        bytes.append(UInt8(truncatingIfNeeded: code >> 8))
        bytes.append(UInt8(truncatingIfNeeded: code))
        bytes.append(contentsOf: text)
    }

    @inlinable
    static func appendHeader(
        _ opcode: WebSocketOpcode, length: Int, maskBit: UInt8, to bytes: inout [UInt8]
    ) {
        bytes.append(0x80 | opcode.rawValue)
        switch length {
        case 0..<126:
            bytes.append(maskBit | UInt8(length))
        case 126..<65536:
            bytes.append(maskBit | 126)
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xFF))
        default:
            bytes.append(maskBit | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
    }
}
