import EventLoop
import Wire

/// Subscribes to topics over the native door, and subscribes again whenever the connection was lost; where a channel has
/// a history, from the last message on. Confined to its loop's thread.
public final class SubscribeSession {
    /// Strong; let go of when the session ends.
    public var delegate: (any SubscribeSessionDelegate)?

    let loop: EventLoop
    let settings: WebSocketClient.Settings
    private let reconnects: Bool
    /// What is still to be listened to: a stopped topic is not asked for again.
    private var topics: [Topic]
    private var unconfirmed = 0
    var client: WebSocketClient?
    private var reconnector: Reconnector?
    /// The channels that are subscribed to by name: patterns have no history. None where nothing is made up for.
    var followers: [ChannelName: ChannelFollower] = [:]
    /// Pages that were asked for, by the `ref` of the question.
    var awaitedPages: [Int64: ChannelName] = [:]
    var lastReference: Int64 = 0
    private var wasForbidden: [String] = []

    /// How long the first connection may take, in milliseconds.
    private static let patience: UInt64 = 10_000

    public init(
        on loop: EventLoop, _ settings: WebSocketClient.Settings, topics: [Topic], reconnects: Bool
    ) {
        self.loop = loop
        self.settings = settings
        self.topics = topics
        self.reconnects = reconnects
        guard reconnects else { return }
        for topic in topics where topic.kind == .channel { followers[topic.name] = ChannelFollower() }
    }

    /// Connects and subscribes. Call once.
    public func start() {
        reconnector = Reconnector(on: loop, patience: Self.patience) { [unowned self] in self.connect() }
        connect()
    }

    /// Ends in good order: the server is told, then the delegate hears `sessionEnded(nil)`.
    public func close() {
        guard let client else { return end(nil) }
        client.close()
    }

    private func connect() {
        let client = WebSocketClient(on: loop, settings)
        client.delegate = self
        self.client = client
        client.connect()
    }

    private func end(_ error: ClientError?) {
        client?.cancel()
        client = nil
        reconnector?.close()
        reconnector = nil
        let delegate = delegate
        self.delegate = nil
        delegate?.sessionEnded(error)
    }

    /// The connection has ended or is of no use: tries again where that makes sense.
    func retry(after error: ClientError) {
        client?.cancel()
        client = nil
        disconnectFollowers()
        guard reconnects, error.isTransient, let delay = reconnector?.retry() else { return end(error) }
        delegate?.sessionNotice("\(error); trying again in \(Reconnector.seconds(delay))")
    }

    private func unsubscribed(_ name: [UInt8], _ reason: [UInt8]) {
        guard let index = topics.firstIndex(where: { $0.name.bytes == name }) else { return }
        let topic = topics.remove(at: index)
        if topic.kind == .channel { stopFollowing(topic.name) }
        if reason == Array("forbidden".utf8) { wasForbidden.append(topic.description) }
        guard topics.isEmpty else { return }
        guard !wasForbidden.isEmpty else { return close() }
        end(ClientError("\(settings.url) no longer allows \(wasForbidden.joined(separator: ", "))"))
    }

    private func subscribed(_ frame: Span<UInt8>) {
        unconfirmed -= 1
        if unconfirmed == 0 {
            if reconnector?.connected() == true {
                delegate?.sessionNotice("connected to \(settings.url) again")
            }
            delegate?.sessionSubscribed()
        }
        joined(frame)
    }
}

extension SubscribeSession: WebSocketClientDelegate {
    public func webSocketOpened(_ client: WebSocketClient) {
        for (index, topic) in topics.enumerated() {
            let since = topic.kind == .channel ? followers[topic.name]?.position : nil
            client.send(text: ClientFrame.subscribe(topic, since: since, ref: Int64(index + 1)).span)
        }
        unconfirmed = topics.count
        lastReference = Int64(topics.count)
        client.flush()
    }

    public func webSocketReceived(_ client: WebSocketClient, _ message: Span<UInt8>, isText: Bool) {
        guard isText else { return }
        let frame: ServerFrame
        do throws(JSONError) {
            frame = try ServerFrame(message)
        } catch {
            return end(ClientError("\(settings.url) sent a frame that is \(error)"))
        }
        switch frame {
        case .message(let data, let isBinary):
            if isNew(message) { delegate?.sessionReceived(frame: message, data: data, isBinary: isBinary) }
        case .subscribed: subscribed(message)
        case .history(let answer): received(answer, message)
        case .gap(let channel):
            let name = TerminalText.singleLine(channel)
            delegate?.sessionNotice("messages of \(name) are missing: its history could not give them")
        case .unsubscribed(let name, let reason): unsubscribed(name, reason)
        case .error(let code, let text, let ref):
            let error = ClientError.refusal(by: settings.url, code: code, text: text)
            if !error.isTransient, refusedPage(ref) { return }
            retry(after: error)
        case .welcome, .published, .working, .job, .reported, .other: return
        }
    }

    public func webSocketPaused(_ client: WebSocketClient) { delegate?.sessionPaused() }

    public func webSocketDrained(_ client: WebSocketClient) {}

    public func webSocketClosed(_ client: WebSocketClient, error: ClientError?) {
        guard let error else { return end(nil) }
        retry(after: error)
    }
}
