/// Decodes the commands of the native door. Pure; allocates for channel names and string references only.
public enum NativeDecoder {
    /// The longest event name, in bytes.
    public static let maximumEventLength = 255
    /// The longest idempotency key, in bytes.
    public static let maximumKeyLength = 255
    /// Seconds, a year.
    public static let maximumTimeToLive = 365 * 86_400

    /// - Parameter frame: one text message; that it is UTF-8 is checked here.
    public static func decode(
        _ frame: Span<UInt8>
    ) throws(NativeError) -> (command: NativeCommand, reference: NativeReference) {
        let members = try readMembers(frame)
        let reference = try reference(members.ref, frame)
        do throws(Problem) {
            return (try command(members, frame), reference)
        } catch {
            throw NativeError(error.code, error.message, reference: reference)
        }
    }

    struct Problem: Error {
        let code: ErrorCode
        let message: String

        init(_ message: String, code: ErrorCode = .badRequest) {
            self.code = code
            self.message = message
        }
    }

    struct Members {
        var type: JSONValue?
        var ref: JSONValue?
        var channel: JSONValue?
        var pattern: JSONValue?
        var event: JSONValue?
        var data: JSONValue?
        var echo: JSONValue?
        var since: JSONValue?
        var limit: JSONValue?
        var ttl: JSONValue?
        var key: JSONValue?
        var device: JSONValue?
        var id: JSONValue?
        var queue: JSONValue?
        var credit: JSONValue?
        var delay: JSONValue?
        var lease: JSONValue?
    }

    static func readMembers(_ frame: Span<UInt8>) throws(NativeError) -> Members {
        var members = Members()
        do throws(JSONError) {
            var reader = try JSONObjectReader(frame)
            while let (key, value) = try reader.next(frame) {
                // The last of equal members counts, as in JavaScript.
                if key.isString("type", in: frame) {
                    members.type = value
                } else if key.isString("channel", in: frame) {
                    members.channel = value
                } else if key.isString("data", in: frame) {
                    members.data = value
                } else if key.isString("ref", in: frame) {
                    members.ref = value
                } else if key.isString("pattern", in: frame) {
                    members.pattern = value
                } else if key.isString("event", in: frame) {
                    members.event = value
                } else if key.isString("echo", in: frame) {
                    members.echo = value
                } else if key.isString("since", in: frame) {
                    members.since = value
                } else if key.isString("limit", in: frame) {
                    members.limit = value
                } else if key.isString("ttl", in: frame) {
                    members.ttl = value
                } else if key.isString("key", in: frame) {
                    members.key = value
                } else if key.isString("device", in: frame) {
                    members.device = value
                } else if key.isString("id", in: frame) {
                    members.id = value
                } else if key.isString("queue", in: frame) {
                    members.queue = value
                } else if key.isString("credit", in: frame) {
                    members.credit = value
                } else if key.isString("delay", in: frame) {
                    members.delay = value
                } else if key.isString("lease", in: frame) {
                    members.lease = value
                }
            }
        } catch {
            throw NativeError(.badJSON, "\(error); a frame is one JSON object", isFatal: true)
        }
        return members
    }

    private static func reference(
        _ value: JSONValue?, _ frame: Span<UInt8>
    ) throws(NativeError) -> NativeReference {
        guard let value else { return .none }
        if let integer = value.integer(in: frame) { return .integer(integer) }
        if value.kind == .string, value.range.count <= NativeReference.maximumLength {
            return .string([UInt8](copying: frame.extracting(value.range)))
        }
        throw NativeError(
            .badRequest,
            "'ref' must be an integer of 64 bits or a string of at most \(NativeReference.maximumLength) bytes"
        )
    }

    private static func command(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> NativeCommand {
        guard let type = members.type, type.kind == .string else {
            throw Problem("'type' must be a string: \(commandNames)")
        }
        if type.isString("publish", in: frame) {
            return .publish(try publish(members, frame))
        }
        if type.isString("subscribe", in: frame) {
            return .subscribe(try topic(members, frame), since: try messageID(members.since, "since", frame))
        }
        if type.isString("unsubscribe", in: frame) { return .unsubscribe(try topic(members, frame)) }
        if type.isString("history", in: frame) { return .history(try history(members, frame)) }
        if type.isString("presence", in: frame) {
            return .presence(try name(members.channel, "channel", frame))
        }
        if type.isString("inbox", in: frame) { return .inbox(try openInbox(members, frame)) }
        if type.isString("ack", in: frame) { return .inbox(try acknowledge(members, frame)) }
        if type.isString("ping", in: frame) { return .ping }
        if let command = try queueCommand(type, members, frame) { return command }
        throw Problem("unknown 'type'; known are \(commandNames)", code: .notFound)
    }

    private static let commandNames =
        "subscribe, unsubscribe, publish, history, presence, inbox, ack, push, work, done, retry, renew and ping"

    static func publish(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> PublishCommand {
        let channel = try name(members.channel, "channel", frame)
        guard let data = members.data else { throw Problem("'data' is missing; it may be any JSON value") }
        var event: [UInt8]?
        if let value = members.event {
            guard let text = value.string(in: frame), !text.isEmpty, text.count <= maximumEventLength else {
                throw Problem("'event' must be a string of 1 to \(maximumEventLength) bytes")
            }
            event = text
        }
        var echo = true
        if let value = members.echo {
            guard case .boolean(let wanted) = value.kind else {
                throw Problem("'echo' must be true or false")
            }
            echo = wanted
        }
        var command = PublishCommand(channel: channel, data: data.range)
        command.event = event
        command.echo = echo
        command.timeToLive = try integer(members.ttl, "ttl", 1...maximumTimeToLive, frame)
        if let value = members.key {
            guard let key = value.string(in: frame), (1...maximumKeyLength).contains(key.count) else {
                throw Problem("'key' must be a string of 1 to \(maximumKeyLength) bytes")
            }
            command.idempotencyKey = key
        }
        return command
    }

    private static func history(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> HistoryCommand {
        var command = HistoryCommand(channel: try name(members.channel, "channel", frame))
        command.since = try messageID(members.since, "since", frame)
        let limits = 1...HistoryCommand.maximumLimit
        command.limit = try integer(members.limit, "limit", limits, frame) ?? command.limit
        return command
    }

    // MARK: Members

    /// An optional id.
    static func messageID(
        _ value: JSONValue?, _ member: String, _ frame: Span<UInt8>
    ) throws(Problem) -> MessageID? {
        guard let value, value.kind != .null else { return nil }
        guard let text = value.string(in: frame), let id = MessageID(text.span) else {
            throw Problem("'\(member)' must be the id of a message, such as \"42-k3f9\"")
        }
        return id
    }

    /// An optional integer.
    static func integer(
        _ value: JSONValue?, _ member: String, _ range: ClosedRange<Int>, _ frame: Span<UInt8>
    ) throws(Problem) -> Int? {
        guard let value else { return nil }
        guard let integer = value.integer(in: frame), let result = Int(exactly: integer),
            range.contains(result)
        else {
            throw Problem("'\(member)' must be an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return result
    }

    static func topic(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> Topic {
        switch (members.channel, members.pattern) {
        case (_?, nil): return .channel(try name(members.channel, "channel", frame))
        case (nil, _?): return .pattern(try name(members.pattern, "pattern", frame))
        default: throw Problem("either 'channel' or 'pattern' must be there, and not both")
        }
    }

    static func name(
        _ value: JSONValue?, _ member: String, _ frame: Span<UInt8>
    ) throws(Problem) -> ChannelName {
        guard let text = value?.string(in: frame) else { throw Problem("'\(member)' must be a string") }
        do throws(ChannelNameError) {
            return try ChannelName(validating: text)
        } catch {
            throw Problem("'\(member)': \(error)")
        }
    }
}
