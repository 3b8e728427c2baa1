import Wire

/// Where a `message` or `subscribed` frame belongs.
struct MessageHead {
    /// The channel's name; `nil` for a pattern's `subscribed`.
    private(set) var channel: ChannelName?
    /// The message's id, or the channel's newest one; `nil` where there is no history.
    private(set) var id: MessageID?
    /// What was missed follows.
    private(set) var isRecovered = false

    /// - Parameter frame: one whole JSON object; of anything else nothing is found.
    init(_ frame: Span<UInt8>) {
        guard var reader = try? JSONObjectReader(frame) else { return }
        while let (key, value) = try? reader.next(frame) {
            if key.isString("channel", in: frame) {
                channel = value.string(in: frame).flatMap { try? ChannelName(validating: $0) }
            } else if key.isString("id", in: frame) {
                id = value.string(in: frame).flatMap { MessageID($0.span) }
            } else if key.isString("recovered", in: frame) {
                isRecovered = value.kind == .boolean(true)
            }
        }
    }
}
