import Wire

/// Looks at a received frame as a whole: is it really the message it should be? Done for the first frame of each
/// subscriber and for a sample of the others; the stamps of all of them are read.
struct MessageCheck: Sendable {
    enum Form: Sendable {
        /// A `message` frame of the native door.
        case native
        /// The bare text, as the plain door sends it; or a `message` frame, if that is what was published past the
        /// server, to one that does not look into messages.
        case plain
        /// A `message` frame behind `data:`, as event streams have it.
        case event
        /// An event packet of Socket.IO, `42["message","…",{…}]`.
        case socketIO
    }

    let form: Form
    let traffic: Traffic

    /// What is wrong with `payload`, whose stamp stands at `offset`; `nil` if nothing is.
    func problem(_ payload: Span<UInt8>, stampAt offset: Int, channel: Int) -> String? {
        if form == .plain, offset == 0 {
            return payload.count == traffic.size
                ? nil : "a message has \(payload.count) bytes, not \(traffic.size)"
        }
        switch form {
        case .native, .plain: return problem(message: payload, stampAt: offset, channel: channel)
        case .event:
            guard let start = payload.indices.first(where: { payload[$0] == UInt8(ascii: "{") }) else {
                return "an event is no message"
            }
            return problem(
                message: payload.extracting(start..<payload.count), stampAt: offset - start, channel: channel)
        case .socketIO:
            var around = Array(#"",{"channel":"#.utf8)
            JSON.appendString(traffic.channelName(channel), to: &around)
            let end = offset + traffic.size
            guard payload.starts(with: #"42["message",""#), offset == 14, end < payload.count,
                payload.extracting(end..<min(end + around.count, payload.count)).equals(around.span)
            else { return "a packet is not the event that was published" }
            return nil
        }
    }

    private func problem(message payload: Span<UInt8>, stampAt offset: Int, channel: Int) -> String? {
        let name = Array(traffic.channelName(channel).utf8)
        guard let view = MessageView(payload, channel: name.span) else {
            return "a frame is not a message of channel \(traffic.channelName(channel))"
        }
        guard view.data.kind == .string, view.data.contents.lowerBound == offset,
            view.data.contents.count == traffic.size
        else { return "a message's data is not what was published" }
        return nil
    }
}
