/// Builds the JSON of what the native door says to a client. Payloads only; frames are put around them elsewhere.
public enum NativeEncoder {
    /// Why a subscription ended.
    public enum UnsubscribeReason: String, Sendable {
        case requested
        /// An administrator has stopped the channel.
        case stopped
        /// The client's permissions, which have changed, do not allow it.
        case forbidden
    }

    public static func appendWelcome(
        connection: String, user: UserName?, version: String, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"welcome","connection":"#)
        JSON.appendString(connection, to: &bytes)
        bytes.append(#","user":"#)
        if let user { JSON.appendString(user.bytes.span, to: &bytes) } else { bytes.append("null") }
        bytes.append(#","version":"#)
        JSON.appendString(version, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// - Parameters:
    ///   - id: the newest message of the channel's history, if it has one.
    ///   - recovered: everything since the message that the client named follows.
    public static func appendSubscribed(
        _ topic: Topic, id: MessageID?, recovered: Bool, _ reference: NativeReference,
        to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"subscribed""#)
        append(topic, to: &bytes)
        append(id, to: &bytes)
        bytes.append(recovered ? #","recovered":true"# : #","recovered":false"#)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    public static func appendUnsubscribed(
        _ topic: Topic, reason: UnsubscribeReason, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"unsubscribed""#)
        append(topic, to: &bytes)
        bytes.append(#","reason":"#)
        JSON.appendString(reason.rawValue, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    public static func appendPublished(
        _ id: MessageID?, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"published""#)
        append(id, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// - Parameters:
    ///   - messages: JSON, in order.
    ///   - isComplete: nothing is missing among them.
    ///   - id: the newest message of the channel.
    public static func appendHistory(
        _ channel: ChannelName, _ messages: [[UInt8]], isComplete: Bool, id: MessageID?,
        _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"history""#)
        append(.channel(channel), to: &bytes)
        bytes.append(UInt8(ascii: ","))
        appendMessages(messages, isComplete: isComplete, id: id, to: &bytes)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// The members that a history answer has by every door.
    public static func appendMessages(
        _ messages: [[UInt8]], isComplete: Bool, id: MessageID?, to bytes: inout [UInt8]
    ) {
        bytes.append(#""messages":["#)
        for (index, message) in messages.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: message)
        }
        bytes.append(isComplete ? #"],"complete":true"# : #"],"complete":false"#)
        append(id, to: &bytes)
    }

    /// Messages of a channel have been lost to a subscriber that stayed connected.
    /// - Parameter id: the last one before that.
    public static func appendGap(_ topic: Topic, since id: MessageID?, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"gap""#)
        append(topic, to: &bytes)
        if let id {
            bytes.append(#","since":""#)
            id.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    public static func appendPong(_ reference: NativeReference, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"pong""#)
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// - Parameter expires: milliseconds since 1970; `nil`: never.
    public static func appendAuthenticated(
        user: UserName?, expires: Int64?, _ reference: NativeReference, to bytes: inout [UInt8]
    ) {
        bytes.append(#"{"type":"authenticated","user":"#)
        if let user { JSON.appendString(user.bytes.span, to: &bytes) } else { bytes.append("null") }
        bytes.append(#","expires":"#)
        if let expires { JSON.appendInteger(expires, to: &bytes) } else { bytes.append("null") }
        reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    public static func appendError(_ error: NativeError, to bytes: inout [UInt8]) {
        bytes.append(#"{"type":"error","code":"#)
        JSON.appendString(error.code.rawValue, to: &bytes)
        bytes.append(#","message":"#)
        JSON.appendString(error.message, to: &bytes)
        error.reference.append(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends `,"id":"…"`, or nothing.
    private static func append(_ id: MessageID?, to bytes: inout [UInt8]) {
        guard let id else { return }
        bytes.append(#","id":""#)
        id.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    private static func append(_ topic: Topic, to bytes: inout [UInt8]) {
        switch topic.kind {
        case .channel: bytes.append(#","channel":"#)
        case .pattern: bytes.append(#","pattern":"#)
        }
        JSON.appendString(topic.name.bytes.span, to: &bytes)
    }
}
