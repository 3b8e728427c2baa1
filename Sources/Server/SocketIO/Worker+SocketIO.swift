import EventLoop
import Front
import SocketIO
import Wire

/// Requests to `/socket.io/`.
extension Worker {
    /// A request of a session goes to the worker that has it, with the connection over which it came.
    func admitSocketIO(_ head: HTTPRequestHead, from peer: PeerAddress) throws(HTTPError) -> Admission {
        let session = (try? HTTPQuery(head.query))?.text("sid")
        guard let owner = session.flatMap(SessionOwner.init)?.worker, owner != settings.index,
            peers.indices.contains(owner)
        else { return try socketIO.server.admit(head, from: peer) }
        let worker = peers[owner]
        return .handOver { worker.post(.adopt($0)) }
    }
}
