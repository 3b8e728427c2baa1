/// Builds the JSON of a message. The member order is fixed, so that equal messages are equal bytes.
public enum MessageEncoder {
    /// What stands in `data`.
    public enum DataForm: Sendable {
        /// Bytes that are a valid JSON value already.
        case json
        /// UTF-8 text, to become a JSON string.
        case text
        /// Any bytes, to become base64 under `"encoding":"base64"`.
        case binary
    }

    /// Appends a message without an id.
    /// - Returns: where its `"id":"…",` would stand, counted from the message's first byte.
    /// - Parameters:
    ///   - event: UTF-8; `nil` for the default, `message`.
    ///   - from: the publisher's user, if it is known.
    ///   - time: milliseconds since 1970, UTC.
    @discardableResult
    public static func append(
        channel: Span<UInt8>, event: [UInt8]?, from: [UInt8]?, time: Int64,
        data: Span<UInt8>, form: DataForm, to bytes: inout [UInt8]
    ) -> Int {
        let start = bytes.count
        bytes.append(#"{"type":"message","channel":"#)
        JSON.appendString(channel, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        let idPosition = bytes.count - start
        appendContent(event: event, from: from, time: time, data: data, form: form, to: &bytes)
        return idPosition
    }

    /// Appends the members from `event` to the end: what messages and notifications have in common.
    static func appendContent(
        event: [UInt8]?, from: [UInt8]?, time: Int64, data: Span<UInt8>, form: DataForm,
        to bytes: inout [UInt8]
    ) {
        if let event {
            bytes.append(#""event":"#)
            JSON.appendString(event.span, to: &bytes)
        } else {
            bytes.append(#""event":"message""#)
        }
        if let from {
            bytes.append(#","from":"#)
            JSON.appendString(from.span, to: &bytes)
        }
        bytes.append(#","time":"#)
        JSON.appendInteger(time, to: &bytes)
        switch form {
        case .json:
            bytes.append(#","data":"#)
            bytes.append(copying: data)
        case .text:
            bytes.append(#","data":"#)
            JSON.appendString(data, to: &bytes)
        case .binary:
            bytes.append(#","encoding":"base64","data":""#)
            Base64.append(data, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Appends a stored message: `message` with its id put in at `idPosition`.
    public static func append(
        _ message: Span<UInt8>, id: MessageID, at idPosition: Int, to bytes: inout [UInt8]
    ) {
        bytes.append(copying: message, 0..<idPosition)
        bytes.append(#""id":""#)
        id.append(to: &bytes)
        bytes.append("\",")
        bytes.append(copying: message, idPosition..<message.count)
    }

    /// The message that a payload published past Roost (`redis-cli PUBLISH`) becomes: its text, or base64.
    public static func appendForeign(
        channel: Span<UInt8>, payload: Span<UInt8>, time: Int64, to bytes: inout [UInt8]
    ) {
        let form: DataForm = UTF8Validator.isValid(payload) ? .text : .binary
        append(channel: channel, event: nil, from: nil, time: time, data: payload, form: form, to: &bytes)
    }
}
