import Wire

/// Finds out who sends a request: the one place where that is decided.
///
/// Nobody is asked to prove it yet: whoever can reach the server may do everything, and `?user=` names the user.
enum Access {
    /// - Throws: 400 for a name that cannot be one.
    static func identify(_ head: HTTPRequestHead) throws(HTTPError) -> Identity {
        guard let name = try HTTPQuery(head.query).bytes("user") else { return .anonymous }
        do throws(ChannelNameError) {
            return Identity(user: try UserName(validating: name))
        } catch {
            throw HTTPError(.badRequest, .badRequest, "'user': \(error)")
        }
    }
}
