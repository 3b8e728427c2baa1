import EventLoop
import Front
import SocketIO
import Wire

/// Requests to `/socket.io/`.
extension Worker {
    /// A request of a session goes to the worker that has it, with the connection over which it came.
    func admitSocketIO(_ head: HTTPRequestHead) throws(HTTPError) -> Admission {
        let session = (try? HTTPQuery(head.query))?.text("sid")
        guard let owner = session.flatMap(SessionOwner.init)?.worker, owner != settings.index,
            peers.indices.contains(owner)
        else { return try socketIO.server.admit(head) }
        let peer = peers[owner]
        return .handOver { descriptor, received in
            peer.post(.adopt(descriptor: descriptor, received: received))
        }
    }
}
