import Front
import Hub

/// What one client missed: of the messages that were read for several, those after its own last.
struct Missed {
    let messages: MissedMessages
    let after: UInt64

    func send(as format: WireFormat, to connection: ConnectionID, by front: Front) {
        messages.send(after: after, as: format, to: connection, by: front)
    }
}
