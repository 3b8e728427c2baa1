import EventLoop
import Front

/// What one worker needs to know of the configuration.
struct WorkerSettings: Sendable {
    var front = FrontSettings()
    /// Begins the names of this worker's connections; no other worker of any node has it.
    var name = ""
    /// Subscriptions per connection.
    var maximumSubscriptions = 128

    var channels: [Settings.ChannelRule] = []
    var queues: [Settings.QueueRule] = []
    var inbox = Settings.Inbox().rule

    init() {}

    /// - Parameters:
    ///   - connections: how many connections this worker may have.
    ///   - name: see `name`.
    init(_ settings: Settings, _ connections: Int, name: String) {
        self.name = name
        channels = settings.channels
        queues = settings.queues
        inbox = settings.inbox.rule
        front.maximumConnections = max(1, connections)
        front.maximumHeadSize = settings.limits.requestHead
        front.maximumMessageSize = settings.limits.messageSize
        front.maximumUnsent = settings.limits.unsentBytes
        front.requestTimeout = settings.limits.handshakeTimeout.milliseconds
        front.keepAliveTimeout = settings.limits.idleTimeout.milliseconds
        front.pingInterval = settings.webSocket.pingInterval.milliseconds
        front.pingTimeout = settings.webSocket.pingTimeout.milliseconds
        maximumSubscriptions = settings.limits.subscriptionsPerConnection
    }
}
