import Wire

/// Finds out who sends a request: the one place where that is decided.
///
/// Nobody is asked to prove it yet: whoever can reach the server may do everything, and `?user=` names the user.
enum Access {
    /// - Throws: 400 for a name that cannot be one.
    static func identify(_ head: HTTPRequestHead) throws(HTTPError) -> Identity {
        guard let name = try HTTPQuery(head.query).bytes("user") else { return .anonymous }
        return try identity(name, "'user'")
    }

    /// The same for a client of Socket.IO that connects to a namespace: what it says there counts first.
    /// - Parameter head: of the request that opened its session.
    static func identify(
        _ head: HTTPRequestHead, _ credentials: RelayCredentials
    ) throws(HTTPError) -> Identity {
        guard let name = credentials.user else { return try identify(head) }
        return try identity(name, "'auth.user'")
    }

    private static func identity(_ name: [UInt8], _ member: String) throws(HTTPError) -> Identity {
        do throws(ChannelNameError) {
            return Identity(user: try UserName(validating: name))
        } catch {
            throw HTTPError(.badRequest, .badRequest, "\(member): \(error)")
        }
    }
}
