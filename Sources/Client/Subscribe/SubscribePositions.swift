import Wire

/// How far a subscription has come in the histories of its channels, so that it can go on from there. Pure.
///
/// Channels without a history have no ids, and no position.
struct SubscribePositions {
    private var ids: [ChannelName: MessageID] = [:]

    /// The channels that are subscribed to by name: patterns have no history.
    private let channels: Set<ChannelName>

    init(_ topics: [Topic]) {
        channels = Set(topics.filter { $0.kind == .channel }.map(\.name))
    }

    /// The last message that has come, for `since`.
    func since(_ topic: Topic) -> MessageID? { topic.kind == .channel ? ids[topic.name] : nil }

    /// Takes in a `message` frame.
    mutating func received(_ frame: Span<UInt8>) {
        guard let channel = channel(of: frame), let id = id(in: frame) else { return }
        ids[channel] = id
    }

    /// Takes in a `subscribed` frame. Returns the channel if messages since the position may be missing.
    mutating func subscribed(_ frame: Span<UInt8>) -> ChannelName? {
        guard let channel = channel(of: frame) else { return nil }
        // What was missed follows, and moves the position.
        if JSON.member("recovered", of: frame)?.kind == .boolean(true) { return nil }
        let isGap = ids[channel] != nil
        ids[channel] = id(in: frame)
        return isGap ? channel : nil
    }

    private func channel(of frame: Span<UInt8>) -> ChannelName? {
        guard !channels.isEmpty, let bytes = JSON.member("channel", of: frame)?.string(in: frame),
            let name = try? ChannelName(validating: bytes), channels.contains(name)
        else { return nil }
        return name
    }

    private func id(in frame: Span<UInt8>) -> MessageID? {
        JSON.member("id", of: frame)?.string(in: frame).flatMap { MessageID($0.span) }
    }
}
