import Access
import Wire

/// What one must be permitted for a request.
enum Requirement: Equatable {
    /// Anybody may.
    case nothing
    /// To be somebody whom the server lets in; what follows is checked when it comes.
    case entry
    case operation(Access.Operation, ChannelName)
    case administrator
}

extension Route {
    /// What a request with this method must be permitted. Every route says it, or this does not compile.
    func requirement(_ method: String) -> Requirement {
        switch self {
        case .nativeSocket, .events: .entry
        case .plainSocket(let channel), .channelEvents(let channel): .operation(.subscribe, channel)
        case .messages(let channel): .operation(method == "GET" ? .history : .publish, channel)
        case .presence(let channel): .operation(.presence, channel)
        case .stop, .metrics: .administrator
        case .queue(let queue, _): .operation(.queues, queue)
        case .notifications(let user), .acknowledgement(_, let user): .operation(.inbox, user)
        // Clients of Socket.IO show their token later, when they connect to a namespace.
        case .socketIO, .health, .readiness, .file: .nothing
        }
    }
}

extension Route {
    /// Whether a page can do something with such a request that CORS does not keep from it: what it is for is not
    /// in the answer.
    func actsForPages(_ method: String) -> Bool {
        switch self {
        case .nativeSocket, .plainSocket, .socketIO: true
        default: method != "GET" && method != "HEAD"
        }
    }
}

extension Authenticator {
    /// Who sends a request, if that may be sent at all.
    /// - Throws: 401, 403, or what `identify` throws.
    func admit(_ head: HTTPRequestHead, to route: Route) throws(HTTPError) -> Identity {
        let requirement = route.requirement(head.method)
        if requirement == .nothing { return Identity(user: nil, permissions: .nothing) }
        let identity = try identify(head)
        do throws(AccessDenial) {
            switch requirement {
            case .nothing, .entry: break
            case .operation(let operation, let name): try identity.require(operation, name)
            case .administrator: try identity.requireAdministrator()
            }
        } catch {
            throw error.httpError
        }
        return identity
    }
}
