import Wire

/// Encodes messages for the subscribers of one kind: each message once per turn, however many they are.
///
/// One object is one format: subscribers share a list, and so the encoded bytes, where they share the object. Confined
/// to its worker's thread.
public protocol MessageFormat: AnyObject {
    /// Appends what a subscriber gets for a message. Must append something for every message.
    /// - Parameters:
    ///   - message: its JSON, whole and valid.
    ///   - view: of `message`.
    func append(_ message: Span<UInt8>, _ view: MessageView, to bytes: inout [UInt8])

    /// Appends what a subscriber is told about a channel, besides its messages; nothing where it is told nothing.
    /// - Parameter notice: JSON as the native door has it, `{"type":"gap",…}`.
    func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8])

    /// Whether a topic's policy for those who read too slowly holds for these subscribers; else they overflow.
    func obeys(_ policy: SlowPolicy) -> Bool
}

extension MessageFormat {
    public func appendNotice(_ notice: Span<UInt8>, to bytes: inout [UInt8]) {}
    public func obeys(_ policy: SlowPolicy) -> Bool { true }
}
