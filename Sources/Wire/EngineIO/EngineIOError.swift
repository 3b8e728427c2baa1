/// Why bytes are not Engine.IO packets, or may not come now: the session must end.
public struct EngineIOError: Error, Equatable, CustomStringConvertible {
    public let reason: String

    public init(_ reason: String) { self.reason = reason }

    public var description: String { reason }
}
