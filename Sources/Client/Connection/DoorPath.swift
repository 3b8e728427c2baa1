import Wire

/// The server's URL paths, as a client asks for them.
public enum DoorPath {
    /// The native door.
    public static let native = "/ws"

    /// The plain door of a channel.
    public static func plain(channel: String) -> String { "/channels/\(encode(channel))/socket" }

    /// A channel's event stream.
    public static func events(channel: String) -> String { "/channels/\(encode(channel))/events" }

    static func notifications(of user: UserName) -> String {
        "/users/\(encode(user.description))/notifications"
    }

    static func queue(_ queue: QueueName) -> String { "/queues/\(encode(queue.description))" }

    /// Percent-encodes one path segment: all but RFC 3986's unreserved characters.
    static func encode(_ segment: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
