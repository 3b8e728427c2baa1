/// Names of events.
public enum SocketIOEventName {
    /// Names that clients' libraries keep for what they tell themselves; an event must not be called so.
    public static let reserved: [StaticString] = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]

    public static func isReserved(_ name: Span<UInt8>) -> Bool {
        for word in reserved where name.equals(word) { return true }
        return false
    }

    /// Events of the server's own begin so; those that clients publish must not be taken for them.
    public static let ownPrefix: StaticString = "roost:"

    /// Whether a string in JSON is no name for an event that a client has published.
    public static func isReservedOrOwn(_ name: JSONValue, in bytes: Span<UInt8>) -> Bool {
        guard name.hasEscapes, let text = name.string(in: bytes) else {
            let text = bytes.extracting(name.contents)
            return text.starts(with: ownPrefix) || isReserved(text)
        }
        return text.span.starts(with: ownPrefix) || isReserved(text.span)
    }
}
