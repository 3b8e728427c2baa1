import Access
import EventLoop
import Front
import Limits
import SocketIO
import Wire

/// Requests to `/socket.io/`.
extension Worker {
    /// A request of a session goes to the worker that has it, with the connection over which it came.
    func handOver(_ head: HTTPRequestHead) -> Admission? {
        guard peers.count > 1, (try? Route(head.path)) == .socketIO,
            let session = (try? HTTPQuery(head.query))?.text("sid"),
            let owner = SessionOwner(session)?.worker, owner != settings.index, peers.indices.contains(owner)
        else { return nil }
        let worker = peers[owner]
        return .handOver { worker.post(.adopt($0)) }
    }

    func admitSocketIO(
        _ head: HTTPRequestHead, _ address: PeerAddress, from peer: PeerAddress
    ) throws(HTTPError) -> Admission {
        let admission = try socketIO.server.admit(head, from: peer)
        guard case .webSocket(let session, _) = admission else { return admission }
        // Who the user is is said later, when the client connects to a namespace.
        let nobody = Identity(user: nil, permissions: .nothing)
        return .webSocket(session, try claimPlaces(for: nobody, address, from: peer))
    }
}
