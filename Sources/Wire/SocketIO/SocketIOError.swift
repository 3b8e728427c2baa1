/// Why bytes are not a Socket.IO packet, or it may not come now: the connection must end.
public struct SocketIOError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}
