/// Turns messages into Socket.IO packets, as a server gets them: puts a packet and the attachments that follow it
/// together. A pure state machine. Socket.IO protocol 5, "Packet encoding".
///
/// Every byte is checked, UTF-8 included. After an error it must not be used again.
public struct SocketIODecoder: Sendable {
    /// The text of the packet that `receive(binary:)` has returned, until the next call.
    public private(set) var assembled: [UInt8] = []

    private let maximumAttachments: Int
    private let maximumSize: Int
    /// How many attachments the packet has of which `assembled` is the text; 0 when none is under way.
    private var expected = 0
    private var attachments: [[UInt8]] = []
    private var size = 0

    /// - Parameters:
    ///   - maximumAttachments: of one packet.
    ///   - maximumSize: in bytes, of a packet's text and attachments together.
    public init(maximumAttachments: Int, maximumSize: Int) {
        self.maximumAttachments = maximumAttachments
        self.maximumSize = maximumSize
    }

    /// A message of text: a packet whose ranges are of `text`, or `nil` when attachments are to come.
    public mutating func receive(text: Span<UInt8>) throws(SocketIOError) -> SocketIOPacket? {
        guard expected == 0 else {
            throw SocketIOError(
                "\(expected - attachments.count) attachments are missing before the next packet")
        }
        let head = try SocketIOPacketHead(text, maximumAttachments: maximumAttachments)
        guard head.attachments > 0 else { return try Self.packet(head, text, attachments: []) }
        size = 0
        try count(text.count)
        assembled.removeAll(keepingCapacity: assembled.capacity <= 4096)
        assembled.append(copying: text)
        expected = head.attachments
        attachments = []
        return nil
    }

    /// A message of bytes: with the last attachment, the packet, whose ranges are of `assembled`.
    public mutating func receive(binary: Span<UInt8>) throws(SocketIOError) -> SocketIOPacket? {
        guard expected > 0 else { throw SocketIOError("bytes that no packet has announced") }
        try count(binary.count)
        attachments.append([UInt8](copying: binary))
        guard attachments.count == expected else { return nil }
        let all = attachments
        attachments = []
        expected = 0
        let text = assembled
        let head = try SocketIOPacketHead(text.span, maximumAttachments: maximumAttachments)
        return try Self.packet(head, text.span, attachments: all)
    }

    private mutating func count(_ bytes: Int) throws(SocketIOError) {
        size += bytes
        guard size <= maximumSize else {
            throw SocketIOError("a packet and its attachments may have at most \(maximumSize) bytes")
        }
    }

    private static func packet(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>, attachments: [[UInt8]]
    ) throws(SocketIOError) -> SocketIOPacket {
        let content: SocketIOPacket.Content =
            switch head.type {
            case .connect: .connect(auth: try auth(head, text))
            case .disconnect: try disconnect(head, text)
            case .event, .binaryEvent: try event(head, text, attachments)
            case .acknowledgement, .binaryAcknowledgement: try acknowledgement(head, text, attachments)
            case .connectError: throw SocketIOError("only a server sends CONNECT_ERROR")
            }
        return SocketIOPacket(namespace: head.namespace, content: content)
    }

    private static func auth(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>
    ) throws(SocketIOError) -> Range<Int>? {
        guard head.id == nil else { throw SocketIOError("CONNECT has no id") }
        guard head.end < text.count else { return nil }
        let range = head.end..<text.count
        guard let value = try? JSON.validate(text.extracting(range)), value.kind == .object else {
            throw SocketIOError("what comes with CONNECT must be a JSON object")
        }
        return range
    }

    private static func disconnect(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>
    ) throws(SocketIOError) -> SocketIOPacket.Content {
        guard head.id == nil, head.end == text.count else { throw SocketIOError("DISCONNECT has no data") }
        return .disconnect
    }

    private static func event(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>, _ attachments: [[UInt8]]
    ) throws(SocketIOError) -> SocketIOPacket.Content {
        var values = try values(head, text)
        guard let first = values.first, first.kind == .string || first.kind == .number else {
            throw SocketIOError("an event is a JSON array that begins with its name")
        }
        values.removeFirst()
        let name = first.string(in: text) ?? [UInt8](copying: text.extracting(first.range))
        guard !SocketIOEventName.isReserved(name.span) else {
            throw SocketIOError("the event name '\(String(decoding: name, as: UTF8.self))' is reserved")
        }
        return .event(name: name, try arguments(values, text, attachments), id: head.id)
    }

    private static func acknowledgement(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>, _ attachments: [[UInt8]]
    ) throws(SocketIOError) -> SocketIOPacket.Content {
        guard let id = head.id else { throw SocketIOError("an acknowledgement must have an id") }
        return .acknowledgement(try arguments(values(head, text), text, attachments), id: id)
    }

    /// The elements of the array that is the packet's data.
    private static func values(
        _ head: SocketIOPacketHead, _ text: Span<UInt8>
    ) throws(SocketIOError) -> [JSONValue] {
        do throws(JSONError) {
            var reader = try JSONArrayReader(text, from: head.end)
            var values: [JSONValue] = []
            while let value = try reader.next(text) { values.append(value) }
            return values
        } catch {
            throw SocketIOError("the data of an event or acknowledgement must be a JSON array: \(error)")
        }
    }

    private static func arguments(
        _ values: [JSONValue], _ text: Span<UInt8>, _ attachments: [[UInt8]]
    ) throws(SocketIOError) -> SocketIOArguments {
        guard !attachments.isEmpty else { return SocketIOArguments(values: values) }
        guard let first = values.first, let last = values.last else {
            throw SocketIOError("there is no argument that the attachments could be part of")
        }
        let placeholders = try SocketIOPlaceholder.all(
            in: text, first.range.lowerBound..<last.range.upperBound, attachments: attachments.count)
        return SocketIOArguments(values: values, attachments: attachments, placeholders: placeholders)
    }
}
