import Limits
import Logging

extension SettingKey {
    /// Every setting, in the order in which they are shown.
    static let all: [SettingKey] = [
        SettingKey(
            listOf: "listen", \.listen, .listenPoint, flag: "--listen", needsRestart: true,
            """
            Where to listen. All interfaces are 0.0.0.0:PORT and [::]:PORT; port 0 lets the system choose one; a unix \
            socket is open to its owner and group. With tls: before it, TLS is spoken there; \
            with proxy:, each connection begins with a PROXY protocol header.
            """),
        SettingKey(
            "workers", \.workers, .automatic(.count(1...256)), flag: "--workers", needsRestart: true,
            "Worker threads, each with its own share of the connections. auto: one per core."),
        SettingKey(
            "public", \.publicFolder, .publicFolder, flag: "--public", needsRestart: true,
            "The folder with the pages shown at /. auto: Public in the working directory, if there is one."),

        SettingKey(
            "drain", \.drain, .duration(.zero ... .seconds(3600)), flag: "--drain",
            """
            How long the server takes to end after SIGTERM: its clients are told to go elsewhere one after the other \
            over that time, at 100 a second or more, and jobs may be finished. A second signal ends it at once.
            """),

        SettingKey(
            "tls.certificate_file", \.tls.certificateFile, .file,
            """
            A PEM file with the certificate that is shown where TLS is spoken, and behind it those that lead to an \
            authority. When this file or the key's changes, both are read again; where they are wrong then, those from \
            before stay.
            """),
        SettingKey(
            "tls.key_file", \.tls.keyFile, .file,
            "A PEM file with the certificate's key, without a passphrase, which only its owner may read."),
        SettingKey(
            "tls.client_ca_file", \.tls.clientAuthorityFile, .file,
            """
            A PEM file of authorities: who connects with TLS must show a certificate that one of them vouches for. \
            Nothing: clients need none. Read again when it changes.
            """),

        SettingKey(
            "redis.url", \.redis.url, .redisURL, flag: "--redis", isSecret: true, needsRestart: true,
            """
            The Redis through which all nodes talk. Nothing: the memory broker, for a node on its own. A password is \
            better kept in the environment.
            """),
        SettingKey(
            "redis.prefix", \.redis.prefix, .redisPrefix, needsRestart: true,
            "What every channel and key in Redis begins with, so that several systems can share a Redis."),
        SettingKey(
            "redis.ca_file", \.redis.authorityFile, .file, needsRestart: true,
            "A PEM file of the authorities to trust for rediss://. Nothing: the system's."),
        SettingKey(
            "redis.probe_interval", \.redis.probeInterval, .duration(.milliseconds(100) ... .seconds(3600)),
            needsRestart: true,
            """
            How long Redis may be silent before it is probed, and how long it may then take to answer before the \
            connection is made anew.
            """),

        SettingKey(
            "limits.message_size", \.limits.messageSize, .size(1 << 10...16 << 20),
            "The longest message, in bytes as it arrives: a WebSocket message, or the body of a request."),
        SettingKey(
            "limits.subscriptions_per_connection", \.limits.subscriptionsPerConnection, .count(1...100_000),
            "Channels and patterns that one connection may be subscribed to at a time."),
        SettingKey(
            "limits.request_head", \.limits.requestHead, .size(1 << 10...1 << 20),
            "The longest head of an HTTP request, in bytes."),
        SettingKey(
            "limits.unsent_bytes", \.limits.unsentBytes, .size(16 << 10...1 << 30),
            """
            How many bytes a connection may lag behind before it is closed as too slow (4002), unless a rule of channels \
            says otherwise (slow); not less than limits.message_size.
            """),
        SettingKey(
            "limits.connections", \.limits.connections, .automatic(.count(1...10_000_000)),
            needsRestart: true,
            """
            Connections open at a time, of all workers together. auto: as many as the limit of open files allows \
            (ulimit -n, LimitNOFILE in a systemd unit).
            """),
        SettingKey(
            "limits.connections_per_address", \.limits.connectionsPerAddress, .limited(.count(1...1_000_000)),
            """
            Connections of one address open at a time, of all workers together. IPv6 addresses count by their /64, unix \
            sockets not at all. none: any number.
            """),
        SettingKey(
            "limits.connections_per_user", \.limits.connectionsPerUser, .limited(.count(1...1_000_000)),
            """
            WebSockets, event streams and Socket.IO clients of one user open at a time, of all workers together. none: \
            any number.
            """),
        SettingKey(
            "limits.publish_rate_per_connection", \.limits.publishRates.perConnection, .limited(.rate),
            """
            Messages, jobs and notifications that one WebSocket or Socket.IO client may publish in a second (s), minute \
            (m) or hour (h); burst: how many at once, else what a second brings. Back ends with an API key are not \
            limited. none: any number.
            """),
        SettingKey(
            "limits.publish_rate_per_user", \.limits.publishRates.perUser, .limited(.rate),
            "The same for all connections and requests of a user together."),
        SettingKey(
            "limits.publish_rate_per_address", \.limits.publishRates.perAddress, .limited(.rate),
            "The same for all connections and requests of an address together."),
        SettingKey(
            "limits.request_rate_per_address", \.limits.requestRatePerAddress, .limited(.rate),
            """
            HTTP requests of one address, those that open WebSockets and event streams included. Back ends with an API \
            key are not limited. none: any number.
            """),
        SettingKey(
            "limits.handshake_timeout", \.limits.handshakeTimeout,
            .duration(.milliseconds(100) ... .seconds(3600)),
            "How long a new connection may take over its first request, a TLS handshake included."),
        SettingKey(
            "limits.idle_timeout", \.limits.idleTimeout, .duration(.milliseconds(100) ... .seconds(86400)),
            "How long a kept-alive HTTP connection may be idle between requests."),
        SettingKey(
            "limits.handshake_lag", \.limits.handshakeLag,
            .limited(.duration(.milliseconds(1) ... .seconds(60))),
            """
            How late a worker may be with everything else because many connections come at once, before it turns new \
            ones away until it has caught up. none: it never does.
            """),

        SettingKey(
            rulesOf: "channels", \.channels, .channels,
            """
            What the server does for channels besides passing messages on: the first rule counts whose pattern matches \
            the channel's name. history: how many messages are kept (size, up to 100000; 100 unless said) and how long \
            after the last (ttl, up to 365d; 24h unless said). presence: whether one sees who is there. slow: what becomes of \
            messages that wait for a subscriber beyond limits.unsent_bytes: close (it is closed; unless said), latest (all \
            but the channel's newest are dropped), or spill (they are given from the history as fast as it reads). anonymous, \
            users: what everybody may do, and everybody with a token, besides what auth.anonymous and the token permit: \
            subscribe, publish, history, presence.
            """),
        SettingKey(
            rulesOf: "queues", \.queues, .queues,
            """
            How jobs of queues are handed out: the first rule counts whose pattern matches the queue's name. lease: how \
            long a worker has for a job unless it renews (up to 24h; 60s without a rule). attempts: how often a job is \
            tried before it is put with the dead ones (up to 1000; 5 without a rule).
            """),
        SettingKey(
            "inbox.size", \.inbox.size, .count(1...100_000),
            "Notifications kept for each user; beyond, the oldest are dropped."),
        SettingKey(
            "inbox.ttl", \.inbox.timeToLive, .duration(.seconds(1) ... .seconds(365 * 86_400)),
            "How long a notification waits unless it says otherwise, and how long a device is remembered."),

        SettingKey(
            "auth.hmac_secret", \.auth.secret, .secret, isSecret: true,
            """
            The secret that signs tokens (JWT) by HS256, HS384 (from 48 bytes) or HS512 (from 64 bytes); at least 32 \
            random bytes. Better kept in the environment, or in a file of its own.
            """),
        SettingKey(
            "auth.hmac_secret_file", \.auth.secretFile, .file,
            "A file with such a secret, which only its owner may read. A line end at its end does not count."),
        SettingKey(
            "auth.public_key_file", \.auth.publicKeyFile, .file,
            """
            A PEM file with the public key of whoever signs tokens: RSA of at least 2048 bits (RS256), P-256 (ES256) or \
            Ed25519 (EdDSA).
            """),
        SettingKey(
            "auth.jwks_file", \.auth.keySetFile, .file,
            """
            A JSON Web Key Set with such keys. When the file changes it is read again; where it is wrong then, the keys \
            from before stay.
            """),
        SettingKey(
            rulesOf: "auth.api_keys", \.auth.apiKeys, .apiKeys,
            """
            The keys of back ends, made by 'roost token --api-key': name, hash, the patterns of what they may do, and \
            admin, for all and for stopping channels.
            """),
        SettingKey(
            mapOf: "auth.anonymous", \.auth.anonymous, .permissions,
            """
            What clients without a token may do: glob patterns for subscribe, publish, history, presence (both as \
            subscribe unless said), queues and inbox. Nothing, where there are keys: they are not let in.
            """),
        SettingKey(
            listOf: "auth.audience", \.auth.audience, .text, mayBeEmpty: true,
            "Tokens must be for one of these audiences (aud). Nothing: only tokens without an audience are taken."
        ),
        SettingKey(
            "auth.issuer", \.auth.issuer, .text, "Tokens must be from this issuer (iss). Nothing: any."),
        SettingKey(
            "auth.leeway", \.auth.leeway, .duration(.zero ... .seconds(300)),
            "How far the clocks of those who sign tokens may be off (exp, nbf)."),
        SettingKey(
            "auth.require_expiry", \.auth.requiresExpiry, .boolean,
            "Whether a token must say when it ends (exp)."),

        SettingKey(
            listOf: "http.origins", \.http.origins, .origin, mayBeEmpty: true,
            """
            The origins whose pages may use this server from a browser (CORS), besides its own: https://example.com, \
            https://*.example.com, or * for all. Nothing: none.
            """),
        SettingKey(
            listOf: "http.trusted_proxies", \.http.trustedProxies, .trustedProxy, mayBeEmpty: true,
            """
            The proxies in front of this server, whose word is taken for who a client is (X-Forwarded-For, and the PROXY \
            protocol on proxy: addresses): addresses, ranges such as 10.0.0.0/8, or unix for those that come by a unix \
            socket. Nothing: nobody's.
            """),
        SettingKey(
            "sse.heartbeat", \.eventStream.heartbeat, .duration(.milliseconds(100) ... .seconds(3600)),
            "How often an event stream is sent a comment, so that proxies keep it open and dead ones are noticed."
        ),
        SettingKey(
            "sse.retry", \.eventStream.retry, .duration(.milliseconds(100) ... .seconds(3600)),
            """
            How long browsers wait before they open a lost event stream again; each is told a time between half of it \
            and one and a half, so that they do not come all at once.
            """),

        SettingKey(
            "websocket.ping_interval", \.webSocket.pingInterval,
            .duration(.milliseconds(100) ... .seconds(3600)),
            "How long a WebSocket may be silent before it is pinged."),
        SettingKey(
            "websocket.ping_timeout", \.webSocket.pingTimeout,
            .duration(.milliseconds(100) ... .seconds(3600)),
            "How long the answer to a ping may take before the WebSocket is closed (4004)."),

        SettingKey(
            "socketio.channel", \.socketIO.channel, .channel, needsRestart: true,
            """
            The channel that every Socket.IO client is subscribed to, and to which it publishes events that name no \
            other.
            """),
        SettingKey(
            listOf: "socketio.namespaces", \.socketIO.namespaces, .namespace, mayBeEmpty: true,
            needsRestart: true,
            "The Socket.IO namespaces that clients may connect to besides /. All have the same channels."),
        SettingKey(
            "socketio.ping_interval", \.socketIO.pingInterval,
            .duration(.milliseconds(50) ... .seconds(3600)), needsRestart: true,
            "How often a Socket.IO client is pinged."),
        SettingKey(
            "socketio.ping_timeout", \.socketIO.pingTimeout,
            .duration(.milliseconds(50) ... .seconds(3600)), needsRestart: true,
            "How long the answer to such a ping may take before the session ends."),
        SettingKey(
            listOf: "socketio.emitters", \.socketIO.emitters, .channel, mayBeEmpty: true, needsRestart: true,
            """
            The channels in Redis, after redis.prefix, on which back ends emit through python-socketio (RedisManager) or \
            Flask-SocketIO (message_queue). Nothing: such emitters are not heard.
            """),

        SettingKey(
            "log.level", \.log.level, .choice, flag: "--log-level",
            "The least that is logged: trace, debug, info, notice, warning, error or critical."),
        SettingKey(
            "log.format", \.log.format, .choice, needsRestart: true,
            "How a line of the log is written: text or json. Either goes to standard error."),
    ]
}
