/// Builds the JSON of a notification: `{type, id, event, from?, time, encoding?, data}`. The member order is fixed.
public enum NotificationEncoder {
    private static let start: StaticString = #"{"type":"notification","#
    /// Where the id goes into a notification that has none yet.
    public static let idPosition = start.utf8CodeUnitCount

    /// Appends a notification without an id.
    /// - Parameters:
    ///   - event: UTF-8; `nil` for the default, `notification`.
    ///   - from: who sends it, if it is known.
    ///   - time: milliseconds since 1970, UTC.
    public static func append(
        event: [UInt8]?, from: [UInt8]?, time: Int64, data: Span<UInt8>, form: MessageEncoder.DataForm,
        to bytes: inout [UInt8]
    ) {
        bytes.append(start)
        MessageEncoder.appendContent(
            event: event ?? Array("notification".utf8), from: from, time: time, data: data, form: form,
            to: &bytes)
    }

    /// Appends `notification`, which has no id yet, with its id.
    public static func append(_ notification: Span<UInt8>, id: MessageID, to bytes: inout [UInt8]) {
        MessageEncoder.append(notification, id: id, at: idPosition, to: &bytes)
    }

    /// Whether the bytes are JSON, and begin as a notification with an id does: fit to be sent to a client.
    public static func isNotification(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.starts(with: #"{"type":"notification","id":""#) else { return false }
        return (try? JSON.validate(bytes)) != nil
    }
}
