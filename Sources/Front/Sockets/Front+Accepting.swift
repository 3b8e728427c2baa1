import EventLoop
import Glibc
import Hub
import Limits
import Logging
import Wire

/// What becomes of a connection between being accepted and being one of the front's.
extension Front {
    /// A connection was accepted.
    func accepted(_ incoming: IncomingConnection, by listener: Listener) {
        arrivals += 1
        if shedder.isShedding {
            return refuse(
                incoming,
                HTTPError(
                    .serviceUnavailable, .limitExceeded, .handshakeLag,
                    "more connections come than can be served in \(shedder.lag ?? 0) ms; try again later",
                    retryAfter: .random(in: 1...5)))
        }
        guard listener.expectsProxyHeader else { return welcome(incoming) }
        guard incoming.peer == .local || settings.trustedProxies.contains(incoming.peer) else {
            logger.debug(
                "closing a connection",
                metadata: ["reason": "it is from none of http.trusted_proxies", "peer": "\(incoming.peer)"])
            Glibc.close(incoming.descriptor)
            return
        }
        guard hasRoom else { return refuse(incoming, .noMoreConnections) }
        proxyGate.admit(incoming, timeout: settings.requestTimeout)
    }

    /// Whose connection it is is known: it is taken over, unless its address has all that it may have.
    func welcome(_ incoming: IncomingConnection) {
        guard let maximum = settings.connectionsPerAddress, let key = AddressKey(incoming.peer),
            !settings.trustedProxies.contains(incoming.peer)
        else { return adopt(incoming) }
        guard let claim = limits.connectionsPerAddress.claim(key, atMost: maximum) else {
            return refuse(incoming, .tooManyOfAddress(maximum))
        }
        var incoming = incoming
        incoming.claim = claim
        adopt(incoming)
    }

    /// Whether there may be one more connection, those included that wait for their PROXY protocol header.
    var hasRoom: Bool { hub.connectionCount + proxyGate.count < settings.maximumConnections }

    /// Takes over a connection.
    public func adopt(_ incoming: IncomingConnection) {
        guard hasRoom else { return refuse(incoming, .noMoreConnections) }
        guard let connection = takeOver(incoming) else { return }
        var received = incoming.received
        var span = received.mutableSpan
        work(on: connection, &span)
    }

    /// Makes a connection of a socket, which is closed if that fails.
    func takeOver(_ incoming: IncomingConnection) -> Connection? {
        guard let context else {
            Glibc.close(incoming.descriptor)
            return nil
        }
        let id = newConnection()
        guard let socket = context.adopt(incoming, slot: id.slot) else {
            hub.disconnect(id.slot) { _ in }
            return nil
        }
        sockets[Int(id.slot)] = socket
        let connection = Connection(
            id: id, socket: socket, peer: incoming.peer, deadline: loop.now + settings.requestTimeout,
            exchange: HTTPExchange(maximumHeadSize: settings.maximumHeadSize))
        connection.claim = incoming.claim
        connections[Int(id.slot)] = connection
        limits.openConnections.add(1)
        return connection
    }

    func newConnection() -> ConnectionID {
        let id = hub.connect()
        if connections.count <= Int(id.slot) {
            connections.append(nil)
            sockets.append(nil)
        }
        return id
    }

    /// Turns a connection away, and says why.
    func refuse(_ incoming: IncomingConnection, _ error: HTTPError) {
        limits.counters.count(error.limit)
        // A client that expects TLS would not understand.
        guard !incoming.isSecure else {
            Glibc.close(incoming.descriptor)
            return
        }
        let response = HTTPResponse(error)
        var bytes: [UInt8] = []
        response.appendHead(
            to: &bytes, contentLength: response.body.count, date: dateText(), keepsAlive: false)
        refused.refuse(incoming.descriptor, bytes + response.body)
    }

    /// The turn is over: how long it has kept those waiting that came in it.
    func noteTurnEnd() {
        guard arrivals > 0 else { return }
        let start = arrivalTime
        loop.updateTime()
        let wasShedding = shedder.isShedding
        shedder.arrived(arrivals, now: loop.now)
        shedder.turnEnded(length: loop.now - start)
        arrivals = 0
        if shedder.isShedding, !wasShedding { tellOfStorm() }
    }

    /// Once for a storm, which may come in gusts.
    private func tellOfStorm() {
        defer { stormTold = loop.now }
        if let stormTold, loop.now < stormTold + Self.stormPause { return }
        logger.warning(
            "turning new connections away: so many come that the others wait",
            metadata: ["limit": "\(Limit.handshakeLag.setting)", "milliseconds": "\(shedder.lag ?? 0)"])
    }

    /// Milliseconds without a gust after which it is another storm.
    private static let stormPause: UInt64 = 10_000
}

extension HTTPError {
    /// An address has all the connections that it may have.
    public static func tooManyOfAddress(_ maximum: Int) -> HTTPError {
        HTTPError(
            .tooManyRequests, .limitExceeded, .connectionsPerAddress,
            "an address may have at most \(maximum) connections at a time", retryAfter: 5)
    }
}
