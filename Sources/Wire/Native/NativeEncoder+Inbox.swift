extension NativeEncoder {
    /// The answer to `inbox`.
    public static func appendInbox(unread: Int, _ reference: NativeReference, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"inbox""#)
        appendUnread(unread, reference, to: &bytes)
    }

    /// The answer to `ack`.
    public static func appendAcknowledged(
        _ id: MessageID, unread: Int, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"acked""#)
        append(id, to: &bytes)
        appendUnread(unread, reference, to: &bytes)
    }

    /// Another device of the user has acknowledged.
    public static func appendRead(_ id: MessageID, unread: Int, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"read""#)
        append(id, to: &bytes)
        appendUnread(unread, .none, to: &bytes)
    }

    private static func append(_ id: MessageID, to bytes: inout [UInt8]) {
        bytes.append(#","id":""#)
        id.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func appendUnread(_ unread: Int, _ reference: NativeReference, to bytes: inout [UInt8]) {
        bytes.append(#","unread":"#)
        JSON.appendInteger(Int64(unread), to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
