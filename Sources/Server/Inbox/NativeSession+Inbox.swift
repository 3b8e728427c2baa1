import Hub
import Wire

/// The inbox on the native door.
extension NativeSession {
    func carryOut(
        _ command: InboxCommand, _ reference: NativeReference, _ connection: ConnectionID
    ) throws(NativeError) {
        guard let user = identity.user else {
            let advice = worker.access.isOpen ? "/ws?user=NAME" : "with a user's token"
            throw NativeError(
                .forbidden, "an inbox needs a user; say who you are when you connect: \(advice)",
                reference: reference)
        }
        switch command {
        case .open(let device): try worker.inboxes.open(device, of: user, connection, reference)
        case .acknowledge(let id): try worker.inboxes.acknowledge(id, connection, reference)
        }
        worker.pauseIfCongested(connection)
    }
}
