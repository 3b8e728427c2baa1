import Wire

/// Builds the commands that a client sends to the native door.
public enum ClientFrame {
    /// - Parameter since: the last message that has come, to get those after it.
    public static func subscribe(_ topic: Topic, since: MessageID? = nil, ref: Int64) -> [UInt8] {
        var frame = Array(#"{"type":"subscribe","#.utf8)
        switch topic.kind {
        case .channel: frame.append(#""channel":"#)
        case .pattern: frame.append(#""pattern":"#)
        }
        JSON.appendString(topic.name.bytes.span, to: &frame)
        if let since { frame += ",\"since\":\"\(since)\"".utf8 }
        appendReference(ref, to: &frame)
        return frame
    }

    /// - Parameter since: the message that is the last known, to get those after it; `nil` for the newest ones.
    static func history(_ channel: ChannelName, since: MessageID?, limit: Int, ref: Int64) -> [UInt8] {
        var frame = Array(#"{"type":"history","channel":"#.utf8)
        JSON.appendString(channel.bytes.span, to: &frame)
        if let since { frame += ",\"since\":\"\(since)\"".utf8 }
        frame.append(#","limit":"#)
        JSON.appendInteger(Int64(limit), to: &frame)
        appendReference(ref, to: &frame)
        return frame
    }

    /// - Parameters:
    ///   - event: `nil` for the server's default.
    ///   - key: with which the server takes the message once, however often it is sent; `nil` for none.
    ///   - data: a valid JSON value.
    public static func publish(
        channel: ChannelName, event: String?, key: String? = nil, data: Span<UInt8>, ref: Int64
    ) -> [UInt8] {
        var frame = Array(#"{"type":"publish","channel":"#.utf8)
        JSON.appendString(channel.bytes.span, to: &frame)
        if let event {
            frame.append(#","event":"#)
            JSON.appendString(event, to: &frame)
        }
        if let key {
            frame.append(#","key":"#)
            JSON.appendString(key, to: &frame)
        }
        frame.append(#","data":"#)
        frame.append(copying: data)
        appendReference(ref, to: &frame)
        return frame
    }

    static func appendReference(_ ref: Int64, to frame: inout [UInt8]) {
        frame.append(#","ref":"#)
        JSON.appendInteger(ref, to: &frame)
        frame.append(UInt8(ascii: "}"))
    }
}
