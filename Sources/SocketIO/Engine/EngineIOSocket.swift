import EventLoop
import Front
import Hub
import Wire

/// One client's WebSocket: a session of its own, or one that may go over to it. Confined to its worker's thread.
final class EngineIOSocket: SocketSession {
    private enum Role {
        /// It is to become a session's transport; the request that opens the session.
        case handshake(HTTPRequestHead, PeerAddress)
        /// A session over polling may go over to it.
        case probe(EngineIOClient)
        case transport(EngineIOClient)
        case none
    }

    private unowned let server: EngineIOServer
    private var role: Role
    let wantsValidatedText: Bool
    let maximumMessageSize: Int?

    init(
        _ server: EngineIOServer, for head: HTTPRequestHead, from peer: PeerAddress,
        of client: EngineIOClient?
    ) {
        self.server = server
        role = client.map { .probe($0) } ?? .handshake(head, peer)
        wantsValidatedText = server.handler.wantsValidatedText
        maximumMessageSize = server.settings.maximumPayload
    }

    /// The protocol has its own.
    var wantsPings: Bool { false }

    func opened(_ connection: ConnectionID) {
        switch role {
        case .handshake(let head, let peer):
            // The role first: what the receiver does may end it.
            let client = server.makeClient(head, from: peer, connection, .webSocket)
            role = .transport(client)
            server.open(client)
        case .probe(let client):
            guard !client.openProbe(connection) else { return }
            role = .none
            server.front.close(
                connection, .policyViolation, "the session has a WebSocket already, or is over")
        case .transport, .none: break
        }
    }

    func receivedText(_ message: Span<UInt8>) {
        switch role {
        case .transport(let client): client.receiveText(message)
        case .probe(let client):
            if client.receiveProbe(message), client.session.isOpen { role = .transport(client) }
        case .handshake, .none: break
        }
    }

    func receivedBinary(_ message: Span<UInt8>) {
        switch role {
        case .transport(let client): client.receiveBinary(message)
        case .probe(let client): client.probeFailed()
        case .handshake, .none: break
        }
    }

    func drained() {
        if case .transport(let client) = role { client.receiver?.drained() }
    }

    func closed() {
        switch role {
        case .transport(let client): client.end(.transportClosed)
        case .probe(let client): client.probeClosed()
        case .handshake, .none: break
        }
        role = .none
    }
}
