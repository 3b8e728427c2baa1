import Wire

/// A packet with its parts in it, for comparison.
public struct DecodedPacket: Equatable {
    public enum Content: Equatable {
        case connect(auth: String?)
        case disconnect
        case event(String, [String], id: UInt64?)
        case acknowledgement([String], id: UInt64)
    }

    public let namespace: String
    public let content: Content
    public var attachments: [[UInt8]]
    /// The numbers of the placeholders, in their order.
    public var numbers: [Int]

    public init(_ namespace: String, _ content: Content, _ attachments: [[UInt8]] = [], _ numbers: [Int] = [])
    {
        self.namespace = namespace
        self.content = content
        self.attachments = attachments
        self.numbers = numbers
    }

    public init(_ packet: SocketIOPacket, in bytes: [UInt8]) {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        var arguments = SocketIOArguments()
        let content: Content
        switch packet.content {
        case .connect(let auth): content = .connect(auth: auth.map(text))
        case .disconnect: content = .disconnect
        case .event(let name, let values, let id):
            arguments = values
            content = .event(
                String(decoding: name, as: UTF8.self), values.values.map { text($0.range) }, id: id)
        case .acknowledgement(let values, let id):
            arguments = values
            content = .acknowledgement(values.values.map { text($0.range) }, id: id)
        }
        self.init(
            String(decoding: packet.namespace, as: UTF8.self), content, arguments.attachments,
            arguments.placeholders.map(\.number))
    }

    /// The packet in a polling payload that has just this one; `nil` for anything else.
    public init?(polled payload: [UInt8]) {
        var decoder = SocketIODecoder(maximumAttachments: .max, maximumSize: .max)
        var packet: SocketIOPacket?
        var text: [UInt8] = []
        for part in payload.dropLast().split(separator: 0x1E, omittingEmptySubsequences: false) {
            guard packet == nil else { return nil }
            var reader = EngineIOPayloadReader(maximumPackets: 1)
            let bytes = Array(part)
            switch try? reader.next(bytes.span) {
            case .text(.message, let range):
                text = Array(bytes[range])
                guard let result = try? decoder.receive(text: text.span) ?? nil else { continue }
                packet = result
            case .binary(let binary):
                guard let result = try? decoder.receive(binary: binary.span) ?? nil else { continue }
                packet = result
            default: return nil
            }
        }
        guard let packet else { return nil }
        self.init(packet, in: text)
    }
}
