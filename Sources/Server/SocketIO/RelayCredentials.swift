import Wire

/// What a Socket.IO client says about itself when it connects to a namespace: `auth`. PROTOCOL.md, "Socket.IO".
struct RelayCredentials: Equatable {
    /// Who it says it is.
    var user: [UInt8]?
    /// What is to prove it.
    var token: [UInt8]?
    /// The last message of the default channel that it has.
    var since: MessageID?

    /// - Parameter auth: a JSON object. What else is in it is let by: applications have members of their own there.
    init(_ auth: Span<UInt8>) throws(HTTPError) {
        var members: [(name: String, value: JSONValue)] = []
        do throws(JSONError) {
            var reader = try JSONObjectReader(auth)
            while let (key, value) = try reader.next(auth) {
                for name in ["user", "token", "since"] where key.string(in: auth) == Array(name.utf8) {
                    if value.kind != .null { members.append((name, value)) }
                }
            }
        } catch {
            throw HTTPError(.badRequest, .badJSON, "'auth': \(error)")
        }
        for (name, value) in members {
            guard let text = value.string(in: auth) else {
                throw HTTPError(.badRequest, .badRequest, "'auth.\(name)' must be a string")
            }
            switch name {
            case "user": user = text
            case "token": token = text
            default:
                guard let id = MessageID(text.span) else {
                    throw HTTPError(
                        .badRequest, .badRequest,
                        "'auth.since' must be the id of a message, such as \"42-k3f9\"")
                }
                since = id
            }
        }
    }
}
