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

    /// The same for a string in JSON.
    public static func isReserved(_ name: JSONValue, in bytes: Span<UInt8>) -> Bool {
        guard name.hasEscapes, let text = name.string(in: bytes) else {
            return isReserved(bytes.extracting(name.contents))
        }
        return isReserved(text.span)
    }
}
