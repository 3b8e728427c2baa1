import Wire

/// A WebSocket frame with every freedom to be wrong, written down from RFC 6455 section 5.2 and not from the encoder.
public struct RawFrame {
    public enum LengthForm {
        case shortest
        case two
        case eight
    }

    public var opcode: UInt8
    public var payload: [UInt8]
    public var isFinal = true
    public var reserved: UInt8 = 0
    public var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    public var lengthForm = LengthForm.shortest
    /// What the header says, if that is not the payload's length.
    public var length: UInt64?

    public init(_ opcode: UInt8, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.opcode = opcode
        self.payload = payload
        self.isFinal = isFinal
    }

    public init(_ opcode: WebSocketOpcode, _ payload: [UInt8] = [], isFinal: Bool = true) {
        self.init(opcode.rawValue, payload, isFinal: isFinal)
    }

    public static func close(_ code: UInt16, _ reason: [UInt8] = []) -> RawFrame {
        RawFrame(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    public var bytes: [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        let length = self.length ?? UInt64(payload.count)
        func appendLength(_ count: Int) {
            for index in (0..<count).reversed() { bytes.append(UInt8(length >> UInt64(index * 8) & 0xFF)) }
        }
        switch lengthForm {
        case .shortest where length < 126: bytes.append(maskBit | UInt8(length))
        case .shortest where length < 65536, .two:
            bytes.append(maskBit | 126)
            appendLength(2)
        case .shortest, .eight:
            bytes.append(maskBit | 127)
            appendLength(8)
        }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }
}
