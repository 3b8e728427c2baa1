/// What stands before a packet's JSON: `<type>[<attachments>-][<namespace>,][<id>]`. Socket.IO protocol 5, "Format".
struct SocketIOPacketHead {
    let type: SocketIOPacketType
    /// How many binary attachments follow.
    let attachments: Int
    let namespace: [UInt8]
    let id: UInt64?
    /// Where the JSON begins; the end of the packet where there is none.
    let end: Int

    init(_ bytes: Span<UInt8>, maximumAttachments: Int) throws(SocketIOError) {
        guard bytes.count > 0, let type = SocketIOPacketType(rawValue: bytes[0]) else {
            throw SocketIOError("a packet begins with its type, a digit from 0 to 6")
        }
        var position = 1
        var attachments = 0
        if type.isBinary {
            guard let count = try Self.number(bytes, &position), position < bytes.count,
                bytes[position] == UInt8(ascii: "-")
            else { throw SocketIOError("a binary packet must say how many attachments it has: 51-…") }
            guard count <= UInt64(maximumAttachments) else {
                throw SocketIOError("a packet may have at most \(maximumAttachments) attachments")
            }
            attachments = Int(count)
            position += 1
        }
        self.type = type
        self.attachments = attachments
        namespace = try Self.namespace(bytes, &position)
        id = try Self.number(bytes, &position)
        end = position
    }

    private static func namespace(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(SocketIOError) -> [UInt8] {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "/") else {
            return SocketIOPacket.mainNamespace
        }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ",") { position += 1 }
        let name = bytes.extracting(start..<position)
        guard name.count <= SocketIOPacket.maximumNamespaceLength else {
            throw SocketIOError(
                "a namespace may have at most \(SocketIOPacket.maximumNamespaceLength) bytes")
        }
        guard UTF8Validator.isValid(name), !name.indices.contains(where: { name[$0] < 0x20 }) else {
            throw SocketIOError("a namespace must be UTF-8 without control characters")
        }
        if position < bytes.count { position += 1 }
        return [UInt8](copying: name)
    }

    /// The digits at `position` as a number, or `nil` if there are none.
    private static func number(
        _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(SocketIOError) -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < bytes.count, bytes[position] >= UInt8(ascii: "0"),
            bytes[position] <= UInt8(ascii: "9")
        {
            // At most ten times the largest id: it fits.
            value = value * 10 + UInt64(bytes[position] - UInt8(ascii: "0"))
            guard value <= SocketIOPacket.maximumID else {
                throw SocketIOError("a number is larger than \(SocketIOPacket.maximumID)")
            }
            position += 1
        }
        return position == start ? nil : value
    }
}
