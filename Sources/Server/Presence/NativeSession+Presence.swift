import Broker
import Hub
import Wire

/// Asking who is in a channel, on the native door.
extension NativeSession {
    func readPresence(of channel: ChannelName, _ reference: NativeReference, _ connection: ConnectionID) {
        worker.presence.read(channel) { [weak worker] result in
            guard let worker else { return }
            switch result {
            case .success(let list):
                Self.send(to: connection, by: worker.front) {
                    NativeEncoder.appendPresence(
                        channel, list.users, hasMore: list.hasMore, reference, to: &$0)
                }
            case .failure(let failure):
                Self.sendError(
                    NativeError(failure.code, failure.message, reference: reference), to: connection,
                    by: worker.front)
            }
        }
        worker.pauseIfCongested(connection)
    }
}
