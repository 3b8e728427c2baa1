import Wire

/// What was missed while the connection was away, and is read from the channels' histories.
extension SubscribeSession {
    /// Messages asked for at a time, the most that the server gives.
    private static let pageSize = 1000

    /// Whether a `message` frame is to be given now.
    func isNew(_ frame: Span<UInt8>) -> Bool {
        guard !followers.isEmpty else { return true }
        let head = MessageHead(frame)
        guard let channel = head.channel else { return true }
        return followers[channel]?.received(head.id, frame) ?? true
    }

    /// A `subscribed` frame has come.
    func joined(_ frame: Span<UInt8>) {
        let head = MessageHead(frame)
        guard let channel = head.channel,
            let step = followers[channel]?.subscribed(newest: head.id, isRecovered: head.isRecovered)
        else { return }
        take(step, of: channel)
    }

    /// A page of a history has come.
    func received(_ answer: HistoryAnswer, _ frame: Span<UInt8>) {
        guard let ref = answer.ref, let channel = awaitedPages.removeValue(forKey: ref) else { return }
        let messages = Self.elements(frame.extracting(answer.messages))
        let ids = messages.map { MessageHead($0.span).id }
        let result = followers[channel]?.answered(
            first: ids.first ?? nil, last: ids.last ?? nil, isComplete: answer.isComplete,
            newest: answer.newest)
        guard let (step, givesMessages) = result else { return }
        if let loss = step.loss { tell(loss, of: channel) }
        if givesMessages {
            for (message, id) in zip(messages, ids) where followers[channel]?.read(id) == true {
                give(message)
            }
        }
        if let request = step.request { ask(request, of: channel) } else { finish(channel) }
    }

    /// The server has answered with an error that will not pass; false if that was no answer to `history`.
    func refusedPage(_ ref: Int64?) -> Bool {
        guard let ref, let channel = awaitedPages.removeValue(forKey: ref) else { return false }
        tell(.trimmed, of: channel)
        finish(channel)
        return true
    }

    /// The channel was stopped: what is held back is all that still comes.
    func stopFollowing(_ channel: ChannelName) {
        guard followers[channel] != nil else { return }
        if awaitedPages.values.contains(channel) { tell(.trimmed, of: channel) }
        awaitedPages = awaitedPages.filter { $0.value != channel }
        finish(channel)
        followers[channel] = nil
    }

    func disconnectFollowers() {
        awaitedPages = [:]
        for channel in followers.keys {
            for frame in followers[channel]?.disconnected() ?? [] { give(frame) }
        }
        delegate?.sessionPaused()
    }

    private func take(_ step: ChannelFollower.Step, of channel: ChannelName) {
        if let loss = step.loss { tell(loss, of: channel) }
        if let request = step.request { ask(request, of: channel) }
    }

    private func ask(_ request: ChannelFollower.Request, of channel: ChannelName) {
        lastReference += 1
        awaitedPages[lastReference] = channel
        let since: MessageID? = if case .after(let id) = request { id } else { nil }
        client?.send(
            text: ClientFrame.history(channel, since: since, limit: Self.pageSize, ref: lastReference).span)
    }

    private func finish(_ channel: ChannelName) {
        guard let (frames, loss) = followers[channel]?.finish() else { return }
        if let loss { tell(loss, of: channel) }
        for frame in frames { give(frame) }
    }

    private func tell(_ loss: MessageLoss, of channel: ChannelName) {
        delegate?.sessionNotice(loss.notice(of: TerminalText.singleLine(channel.bytes)))
    }

    private func give(_ frame: [UInt8]) {
        guard case .message(let data, let isBinary)? = try? ServerFrame(frame.span) else { return }
        delegate?.sessionReceived(frame: frame.span, data: data, isBinary: isBinary)
    }

    /// The values of a valid array, as they were written.
    private static func elements(_ array: Span<UInt8>) -> [[UInt8]] {
        guard var reader = try? JSONArrayReader(array) else { return [] }
        var elements: [[UInt8]] = []
        while let value = try? reader.next(array) {
            elements.append([UInt8](copying: array.extracting(value.range)))
        }
        return elements
    }
}
