import EventLoop
import Front
import Limits
import SocketIO
import Wire

/// What one worker needs to know of the configuration.
struct WorkerSettings: Sendable {
    var front = FrontSettings()
    /// Which of the node's workers it is, from 0.
    var index = 0
    /// Begins the names of this worker's connections; no other worker of any node has it.
    var name = ""
    /// Subscriptions per connection.
    var maximumSubscriptions = 128

    /// Connections that one user may have, on all workers together; `nil`: any number.
    var connectionsPerUser: Int?
    var publishRates = PublishRates()
    /// Requests of one address; `nil`: any number.
    var requestRate: RateLimit?

    /// Milliseconds that a browser is to wait before it opens a lost event stream again.
    var retry: UInt64 = 3_000
    /// The origins whose pages may use the server: glob patterns.
    var origins: [String] = []
    var channels: [Settings.ChannelRule] = []
    var queues: [Settings.QueueRule] = []
    var inbox = Settings.Inbox().rule
    var socketIO = SocketIOSettings()
    /// The channel of Socket.IO clients that name none.
    var socketIOChannel = ChannelName.chat
    /// The channels on which programs in Python emit.
    var emitters: [ChannelName] = []

    /// Who may enter.
    var access = AccessPolicy.open

    init() {}

    /// `retry`, different for each client, so that they do not come all at once.
    var jitteredRetry: UInt64 { .random(in: (retry / 2)...(retry + retry / 2)) }

    /// - Parameters:
    ///   - access: made of the same settings, with the keys that they name.
    ///   - connections: how many connections this worker may have.
    ///   - name: see `name`.
    ///   - index: see `index`.
    ///   - tls: of the files that the settings name; `nil` where no TLS is spoken.
    init(
        _ settings: Settings, _ access: AccessPolicy, _ connections: Int, name: String, index: Int,
        tls: ServerTLSSettings? = nil
    ) {
        self.access = access
        front.tls = tls
        self.name = name
        self.index = index
        retry = settings.eventStream.retry.milliseconds
        origins = settings.http.origins
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
        front.heartbeatInterval = settings.eventStream.heartbeat.milliseconds
        front.connectionsPerAddress = settings.limits.connectionsPerAddress
        front.trustedProxies = TrustedProxies(settings.http.trustedProxies)
        front.handshakeLag = settings.limits.handshakeLag?.milliseconds
        connectionsPerUser = settings.limits.connectionsPerUser
        publishRates = settings.limits.publishRates
        requestRate = settings.limits.requestRatePerAddress
        maximumSubscriptions = settings.limits.subscriptionsPerConnection
        socketIO = SocketIOSettings(settings, worker: index)
        socketIOChannel = settings.socketIO.channel
        // Only in Redis can anyone else speak to the workers.
        emitters = settings.redis.url == nil ? [] : settings.socketIO.emitters
    }
}
