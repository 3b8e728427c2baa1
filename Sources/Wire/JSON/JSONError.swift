/// Where and why bytes are not JSON (RFC 8259).
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The offset, in bytes, of the first byte that does not belong.
    public let offset: Int
    public let reason: String

    public init(_ reason: String, at offset: Int) {
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "not JSON: \(reason) at byte \(offset)" }
}
