/// One packet, found in a payload or a WebSocket message. Engine.IO protocol 4, "Packet encoding".
public enum EngineIOPacket: Equatable, Sendable {
    /// A packet with text in it: its type, and where its data lies in the bytes it was found in.
    case text(EngineIOPacketType, Range<Int>)
    /// A message of bytes, from a payload, where it stood in base64.
    case binary([UInt8])

    /// The packet in a whole WebSocket text message.
    public static func decode(_ bytes: Span<UInt8>) throws(EngineIOError) -> (EngineIOPacketType, Range<Int>)
    {
        try decode(bytes, 0..<bytes.count)
    }

    static func decode(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(EngineIOError) -> (EngineIOPacketType, Range<Int>) {
        guard let first = range.first else { throw EngineIOError("a packet is empty") }
        guard let type = EngineIOPacketType(rawValue: bytes[first]) else {
            throw EngineIOError("a packet begins with its type, a digit from 0 to 6")
        }
        return (type, (first + 1)..<range.upperBound)
    }
}
