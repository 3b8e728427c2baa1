import EventLoop
import Limits
import Logging
import Wire

/// Every setting of the server, with its default. `SettingKey.all` says how each is called and written.
public struct Settings: Equatable, Sendable {
    /// Where the server listens; never empty.
    public var listen = [ListenPoint(.tcp(host: "127.0.0.1", port: 8080))]
    /// How many workers; `nil` for one per core. `workerCount` is the number.
    public var workers: Int?
    /// Where the pages come from. `PublicFolderSetting.path()` looks.
    public var publicFolder = PublicFolderSetting.automatic
    /// How long clients are told to go elsewhere when the server ends.
    public var drain = Duration.seconds(10)
    public var tls = TLS()
    public var redis = Redis()
    public var limits = Limits()
    /// What is kept of which channels; the first that matches counts.
    public var channels: [ChannelRule] = []
    public var queues: [QueueRule] = []
    public var inbox = Inbox()
    public var auth = Auth()
    public var http = HTTP()
    public var eventStream = EventStream()
    public var webSocket = WebSocket()
    public var socketIO = SocketIO()
    public var log = Log()

    public init() {}

    /// The Redis that nodes meet in.
    public struct Redis: Equatable, Sendable {
        /// `redis://…`, `rediss://…` or `unix:…`, with the password in it; `nil` for the memory broker.
        public var url: String?
        /// What every key and channel name in Redis begins with.
        public var prefix = ""
        /// A PEM file with the authorities to trust for `rediss://`; `nil` for the system's.
        public var authorityFile: String?
        /// How long a connection may be silent before it is probed, and how long a probe may take.
        public var probeInterval = Duration.seconds(5)
    }

    /// What is kept for each user until it is read. PROTOCOL.md, "Inbox".
    public struct Inbox: Equatable, Sendable {
        /// Notifications, at most; beyond, the oldest are dropped.
        public var size = 1_000
        /// How long a notification waits unless it says otherwise, and how long a device is remembered.
        public var timeToLive = Duration.seconds(30 * 86_400)
    }

    /// What one client may ask of the server. Sizes in bytes.
    public struct Limits: Equatable, Sendable {
        public var messageSize = 64 << 10
        public var subscriptionsPerConnection = 128
        public var requestHead = 16 << 10
        /// What a connection may be owed before it counts as too slow.
        public var unsentBytes = 1 << 20
        /// Open connections of all workers together; `nil` for as many as the limit of open files allows.
        public var connections: Int?
        /// Open connections of one address, of one user; `nil`: any number.
        public var connectionsPerAddress: Int?
        public var connectionsPerUser: Int?
        public var publishRates = PublishRates()
        /// HTTP requests and handshakes of one address; `nil`: any number.
        public var requestRatePerAddress: RateLimit?
        /// From the connection to the end of its first request.
        public var handshakeTimeout = Duration.seconds(10)
        /// Between requests of a kept-alive HTTP connection.
        public var idleTimeout = Duration.seconds(75)
        /// By how much a worker may be late before it turns new connections away; `nil`: it never does.
        public var handshakeLag: Duration? = .milliseconds(50)
    }

    public struct HTTP: Equatable, Sendable {
        /// The origins, besides the server's own, whose pages may use it: glob patterns.
        public var origins: [String] = []
        /// Whose word is taken for who a client is.
        public var trustedProxies: [TrustedProxy] = []
    }

    /// Server-Sent Events.
    public struct EventStream: Equatable, Sendable {
        /// Between two comments that keep the connection alive.
        public var heartbeat = Duration.seconds(15)
        /// How long a browser waits before it connects again; each is told a time near it.
        public var retry = Duration.seconds(3)
    }

    public struct WebSocket: Equatable, Sendable {
        /// How long a socket may be silent before it is pinged.
        public var pingInterval = Duration.seconds(25)
        /// How long the answer may take before the socket is closed with 4004.
        public var pingTimeout = Duration.seconds(10)
    }

    public struct SocketIO: Equatable, Sendable {
        /// Where clients talk that name no channel.
        public var channel = ChannelName.chat
        /// The namespaces besides `/`.
        public var namespaces: [String] = []
        public var pingInterval = Duration.seconds(25)
        /// How long the answer to a ping may take before the session ends.
        public var pingTimeout = Duration.seconds(20)
        /// The channels in Redis on which programs in Python emit.
        public var emitters = [ChannelName.flaskSocketIO, .pythonSocketIO]
    }

    public struct Log: Equatable, Sendable {
        public var level = Logger.Level.info
        public var format = LogFormat.text
    }

    /// `workers`, or the number of cores that this process may use.
    public var workerCount: Int { workers ?? AvailableCores.count() }
}
