/// The name of a channel, or of a glob pattern over channels: 1–255 bytes of UTF-8 without control characters.
///
/// Names are compared byte for byte, as Redis compares them; `String` is not used because it holds
/// "é" (one scalar) and "é" (two scalars) to be equal.
public struct ChannelName: Hashable, Sendable {
    /// The longest name, in bytes.
    public static let maximumLength = 255

    /// Names under this prefix belong to Roost itself and are refused to clients.
    public static let reservedPrefix: StaticString = "roost:"

    public let bytes: [UInt8]

    /// A name that came from outside.
    /// - Throws: `ChannelNameError`, which says what is wrong and what is accepted.
    public init(validating bytes: [UInt8]) throws(ChannelNameError) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumLength else { throw .tooLong(bytes.count) }
        guard UTF8Validator.isValid(bytes.span) else { throw .notUTF8 }
        guard !Self.hasControlCharacter(bytes.span) else { throw .controlCharacter }
        guard !bytes.span.starts(with: Self.reservedPrefix) else { throw .reserved }
        self.bytes = bytes
    }

    public init(validating text: String) throws(ChannelNameError) {
        try self.init(validating: Array(text.utf8))
    }

    /// A name that Roost made itself, or that has been checked before.
    init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// C0, DEL, and C1 (U+0080–U+009F, `C2 80`–`C2 9F` in UTF-8).
    private static func hasControlCharacter(_ bytes: Span<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return true }
            if previous == 0xC2 && byte < 0xA0 { return true }
            previous = byte
        }
        return false
    }
}

/// Names that settings have at first.
extension ChannelName {
    public static let chat = ChannelName(unchecked: Array("chat".utf8))
    /// Where Flask-SocketIO emits.
    public static let flaskSocketIO = ChannelName(unchecked: Array("flask-socketio".utf8))
    /// Where python-socketio emits.
    public static let pythonSocketIO = ChannelName(unchecked: Array("socketio".utf8))
}

extension ChannelName: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
