/// Walks the packets of a polling payload: joined by 0x1E, bytes in base64 behind a `b`. Engine.IO protocol 4,
/// "Packet encoding", "HTTP long-polling".
///
///     var reader = EngineIOPayloadReader(maximumPackets: 1_000)
///     while let packet = try reader.next(payload) { … }
///
/// The same bytes must be given to every call. After an error it must not be used again.
public struct EngineIOPayloadReader {
    /// Stands between the packets of a payload.
    public static let separator: UInt8 = 0x1E

    private let maximumPackets: Int
    private var position = 0
    private var count = 0
    private var isAtEnd = false

    /// - Parameter maximumPackets: a payload with more of them is refused.
    public init(maximumPackets: Int) { self.maximumPackets = maximumPackets }

    /// The next packet, or `nil` behind the last. An empty payload has one packet, which is empty: an error.
    public mutating func next(_ payload: Span<UInt8>) throws(EngineIOError) -> EngineIOPacket? {
        guard !isAtEnd else { return nil }
        guard count < maximumPackets else {
            throw EngineIOError("a payload may have at most \(maximumPackets) packets")
        }
        count += 1
        var end = position
        while end < payload.count, payload[end] != Self.separator { end += 1 }
        let range = position..<end
        position = end + 1
        isAtEnd = end == payload.count
        if !range.isEmpty, payload[range.lowerBound] == EngineIOEncoder.binaryPrefix {
            guard let bytes = Base64.decode(payload.extracting(range.dropFirst())) else {
                throw EngineIOError("what follows a b must be base64")
            }
            return .binary(bytes)
        }
        let (type, data) = try EngineIOPacket.decode(payload, range)
        return .text(type, data)
    }
}
