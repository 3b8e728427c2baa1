import Wire

/// What is said to all workers of all nodes at once, as JSON on one signal: `{"stop":"chat"}`.
enum ControlMessage: Equatable {
    /// Ends every subscription of a channel.
    case stop(ChannelName)

    /// The signal; in Redis, after the prefix, the channel of this name.
    static let topic = Topic.channel(.signal("control"))

    var payload: [UInt8] {
        switch self {
        case .stop(let channel):
            var bytes: [UInt8] = []
            bytes.append(#"{"stop":"#)
            JSON.appendString(channel.bytes.span, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
            return bytes
        }
    }

    /// `nil` for what is none; anyone may publish on the signal in Redis.
    init?(_ payload: Span<UInt8>) {
        var channel: ChannelName?
        do throws(JSONError) {
            var reader = try JSONObjectReader(payload)
            while let (key, value) = try reader.next(payload) {
                guard key.isString("stop", in: payload), let text = value.string(in: payload) else {
                    continue
                }
                channel = try? ChannelName(validating: text)
            }
        } catch {
            return nil
        }
        guard let channel else { return nil }
        self = .stop(channel)
    }
}
