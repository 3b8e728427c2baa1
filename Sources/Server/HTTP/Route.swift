import Wire

/// What a path names. PROTOCOL.md lists them.
enum Route: Equatable {
    case nativeSocket
    case plainSocket(ChannelName)
    case socketIO
    case messages(ChannelName)
    case channelEvents(ChannelName)
    case events
    case stop(ChannelName)
    case queue(QueueName, QueueResource)
    case presence(ChannelName)
    case notifications(UserName)
    case acknowledgement(MessageID, of: UserName)
    case health
    case readiness
    case metrics
    /// Anything else: a file of the public folder, or nothing.
    case file

    /// - Parameter path: as sent, percent-encoded.
    init(_ path: [UInt8]) throws(HTTPError) {
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        switch segments.count {
        case 1:
            switch String(decoding: segments[segments.startIndex], as: UTF8.self) {
            case "ws": self = .nativeSocket
            case "events": self = .events
            case "socket.io": self = .socketIO
            case "healthz": self = .health
            case "readyz": self = .readiness
            case "metrics": self = .metrics
            default: self = .file
            }
        case 2
        where segments[segments.startIndex].elementsEqual("socket.io".utf8) && segments.last?.isEmpty == true:
            self = .socketIO
        case 3 where segments[segments.startIndex].elementsEqual("channels".utf8):
            switch String(decoding: segments[segments.startIndex + 2], as: UTF8.self) {
            case "socket": self = .plainSocket(try Self.channel(segments[segments.startIndex + 1]))
            case "messages": self = .messages(try Self.channel(segments[segments.startIndex + 1]))
            case "events": self = .channelEvents(try Self.channel(segments[segments.startIndex + 1]))
            case "stop": self = .stop(try Self.channel(segments[segments.startIndex + 1]))
            case "presence": self = .presence(try Self.channel(segments[segments.startIndex + 1]))
            default: self = .file
            }
        case 2... where segments[segments.startIndex].elementsEqual("queues".utf8):
            if let resource = try QueueResource(segments.dropFirst(2)) {
                self = .queue(try Self.channel(segments[segments.startIndex + 1]), resource)
            } else {
                self = .file
            }
        case 3...5 where segments[segments.startIndex].elementsEqual("users".utf8):
            self = try Self.inbox(Array(segments)) ?? .file
        default: self = .file
        }
    }

    /// `users/{user}/notifications`, and `/{id}/ack` behind it.
    private static func inbox(_ segments: [ArraySlice<UInt8>]) throws(HTTPError) -> Route? {
        guard segments[2].elementsEqual("notifications".utf8) else { return nil }
        if segments.count == 3 { return .notifications(try name(segments[1], "the user")) }
        guard segments.count == 5, segments[4].elementsEqual("ack".utf8) else { return nil }
        guard let id = MessageID(Array(segments[3]).span) else {
            throw HTTPError(
                .badRequest, .badRequest, "the id of a notification is wanted in the URL, such as 42-k3f9")
        }
        return .acknowledgement(id, of: try name(segments[1], "the user"))
    }

    /// The methods it knows, for `Allow`.
    var methods: [String] {
        switch self {
        case .nativeSocket, .plainSocket: ["GET"]
        case .messages, .notifications, .socketIO: ["GET", "POST"]
        case .presence, .channelEvents, .events: ["GET"]
        case .acknowledgement, .stop: ["POST"]
        case .queue(_, let resource): resource.methods
        case .health, .readiness, .metrics, .file: ["GET", "HEAD"]
        }
    }

    private static func channel(_ segment: ArraySlice<UInt8>) throws(HTTPError) -> ChannelName {
        try name(segment, "the channel")
    }

    private static func name(
        _ segment: ArraySlice<UInt8>, _ what: StaticString
    ) throws(HTTPError) -> ChannelName {
        guard let bytes = PercentEncoding.decode(Array(segment).span) else {
            throw HTTPError(
                .badRequest, .badRequest, "\(what) has a % that two hexadecimal digits do not follow")
        }
        do throws(ChannelNameError) {
            return try ChannelName(validating: bytes)
        } catch {
            throw HTTPError(.badRequest, .badRequest, "\(error)")
        }
    }
}
