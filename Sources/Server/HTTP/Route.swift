import Wire

/// What a path names. PROTOCOL.md lists them.
enum Route: Equatable {
    case nativeSocket
    case plainSocket(ChannelName)
    case messages(ChannelName)
    case stop(ChannelName)
    case queue(QueueName, QueueResource)
    case health
    case readiness
    /// Anything else: a file of the public folder, or nothing.
    case file

    /// - Parameter path: as sent, percent-encoded.
    init(_ path: [UInt8]) throws(HTTPError) {
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        switch segments.count {
        case 1:
            switch String(decoding: segments[segments.startIndex], as: UTF8.self) {
            case "ws": self = .nativeSocket
            case "healthz": self = .health
            case "readyz": self = .readiness
            default: self = .file
            }
        case 3 where segments[segments.startIndex].elementsEqual("channels".utf8):
            switch String(decoding: segments[segments.startIndex + 2], as: UTF8.self) {
            case "socket": self = .plainSocket(try Self.channel(segments[segments.startIndex + 1]))
            case "messages": self = .messages(try Self.channel(segments[segments.startIndex + 1]))
            case "stop": self = .stop(try Self.channel(segments[segments.startIndex + 1]))
            default: self = .file
            }
        case 2... where segments[segments.startIndex].elementsEqual("queues".utf8):
            if let resource = try QueueResource(segments.dropFirst(2)) {
                self = .queue(try Self.channel(segments[segments.startIndex + 1]), resource)
            } else {
                self = .file
            }
        default: self = .file
        }
    }

    /// The methods it knows, for `Allow`.
    var methods: [String] {
        switch self {
        case .nativeSocket, .plainSocket: ["GET"]
        case .messages: ["GET", "POST"]
        case .stop: ["POST"]
        case .queue(_, let resource): resource.methods
        case .health, .readiness, .file: ["GET", "HEAD"]
        }
    }

    private static func channel(_ segment: ArraySlice<UInt8>) throws(HTTPError) -> ChannelName {
        guard let bytes = PercentEncoding.decode(Array(segment).span) else {
            throw HTTPError(
                .badRequest, .badRequest, "the channel has a % that two hexadecimal digits do not follow")
        }
        do throws(ChannelNameError) {
            return try ChannelName(validating: bytes)
        } catch {
            throw HTTPError(.badRequest, .badRequest, "\(error)")
        }
    }
}
