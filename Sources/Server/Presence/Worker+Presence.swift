import Broker
import Front
import Wire

/// Presence over HTTP.
extension Worker {
    /// `GET /channels/{channel}/presence`
    func readPresence(_ request: HTTPRequest, of channel: ChannelName) {
        let connection = request.connection
        presence.read(channel) { [weak self] result in
            switch result {
            case .success(let list):
                var body = [UInt8(ascii: "{")]
                NativeEncoder.appendUsers(list.users, hasMore: list.hasMore, to: &body)
                body.append(UInt8(ascii: "}"))
                self?.front.respond(to: connection, .json(body))
            case .failure(let failure):
                self?.front.respond(to: connection, HTTPResponse(failure.httpError))
            }
        }
        pauseIfCongested(connection)
    }
}
