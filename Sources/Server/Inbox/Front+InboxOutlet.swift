import Front
import Hub

extension Front: InboxOutlet {
    func isBlocked(_ connection: ConnectionID) -> Bool { hub.isBlocked(connection.slot) }
}
