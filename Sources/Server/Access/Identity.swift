import Access
import Broker
import Wire

/// Who a client is, and what that permits.
struct Identity: Equatable, Sendable {
    enum Credentials: Equatable, Sendable {
        /// It has shown nothing.
        case none
        case token
        case apiKey
    }

    /// `nil` for somebody who did not say, and for holders of API keys.
    var user: UserName?
    var permissions: Permissions
    var credentials = Credentials.none
    /// From when on it counts no more: milliseconds since 1970; `nil`: never.
    var expires: Int64?

    /// - Throws: 401 if a token could help, else 403.
    func require(_ operation: Access.Operation, _ name: ChannelName) throws(AccessDenial) {
        guard permissions.allow(operation, name) else { throw denial(operation, name) }
    }

    /// - Throws: also for a pattern that might match what is not permitted.
    func require(_ operation: Access.Operation, _ topic: Topic) throws(AccessDenial) {
        let isPermitted =
            switch topic.kind {
            case .channel: permissions.allow(operation, topic.name)
            case .pattern: permissions.allow(operation, allMatching: topic.name)
            }
        guard isPermitted else { throw denial(operation, topic.name) }
    }

    func requireAdministrator() throws(AccessDenial) {
        guard permissions.isAdministrator else {
            throw AccessDenial(self, "this is for administrators")
        }
    }

    /// As many of these milliseconds as are left until it ends.
    func shortened(_ wait: UInt64) -> UInt64 {
        guard let expires else { return wait }
        return min(wait, UInt64(max(0, expires - WallClock.milliseconds())))
    }

    func denial(_ operation: Access.Operation, _ name: ChannelName) -> AccessDenial {
        let what =
            switch operation {
            case .subscribe: "to subscribe to '\(name)'"
            case .publish: "to publish to '\(name)'"
            case .history: "to read the history of '\(name)'"
            case .presence: "to see who is in '\(name)'"
            case .queues: "to use the queue '\(name)'"
            case .inbox: "to use the inbox of '\(name)'"
            }
        return AccessDenial(self, "not permitted \(what)")
    }
}
