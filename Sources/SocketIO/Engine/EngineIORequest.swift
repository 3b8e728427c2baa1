import Wire

/// What a client wants with a request. Engine.IO protocol 4, "Transports".
enum EngineIORequest: Equatable {
    /// A session over polling.
    case open
    case poll(session: String)
    case post(session: String)
    /// A WebSocket: for a session of its own, or for one that there is.
    case webSocket(session: String?)

    init(_ head: HTTPRequestHead) throws(EngineIORefusal) {
        guard let query = try? HTTPQuery(head.query) else { throw .badRequest }
        let transport = EngineIOTransport.allCases.first { transport in
            query.bytes("transport").map { $0.span.equals(transport.name) } ?? false
        }
        guard let transport else { throw .unknownTransport }
        let session = query.text("sid").flatMap { $0.isEmpty ? nil : $0 }
        guard session != nil || head.method == "GET" else { throw .badMethod }
        guard query.text("EIO") == "4" else { throw .unsupportedVersion }
        let isUpgrade = head.tokens("upgrade").contains("websocket")
        switch (transport, isUpgrade, head.method, session) {
        case (.webSocket, true, "GET", _): self = .webSocket(session: session)
        case (.polling, false, "GET", let session?): self = .poll(session: session)
        case (.polling, false, "POST", let session?): self = .post(session: session)
        case (.polling, false, "GET", nil): self = .open
        default: throw .badRequest
        }
    }
}
