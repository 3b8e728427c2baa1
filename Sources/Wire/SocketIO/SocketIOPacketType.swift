/// The types of Socket.IO packets: the first byte of each. Socket.IO protocol 5, "Exchange protocol".
public enum SocketIOPacketType: UInt8, CaseIterable, Sendable {
    case connect = 0x30
    case disconnect = 0x31
    case event = 0x32
    case acknowledgement = 0x33
    case connectError = 0x34
    case binaryEvent = 0x35
    case binaryAcknowledgement = 0x36

    /// Binary attachments follow it.
    public var isBinary: Bool { self == .binaryEvent || self == .binaryAcknowledgement }
}
