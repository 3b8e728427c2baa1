/// One packet from a client, its attachments included. Socket.IO protocol 5, "Packet encoding".
public struct SocketIOPacket: Equatable, Sendable {
    public enum Content: Equatable, Sendable {
        /// The client wants to connect to the namespace. `auth` is where the object that came with it lies.
        case connect(auth: Range<Int>?)
        case disconnect
        /// - `name`: UTF-8, escapes resolved; a number as written.
        /// - `id`: names the acknowledgement that the client waits for.
        case event(name: [UInt8], SocketIOArguments, id: UInt64?)
        case acknowledgement(SocketIOArguments, id: UInt64)
    }

    /// UTF-8; begins with `/`.
    public let namespace: [UInt8]
    public let content: Content

    public init(namespace: [UInt8], content: Content) {
        self.namespace = namespace
        self.content = content
    }

    public static let mainNamespace: [UInt8] = [UInt8(ascii: "/")]
    /// The longest name of a namespace, in bytes.
    public static let maximumNamespaceLength = 255
    /// The largest id of an acknowledgement: the largest integer that JavaScript counts to.
    public static let maximumID: UInt64 = 1 << 53 - 1
}
