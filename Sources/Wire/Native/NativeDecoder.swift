/// Decodes the commands of the native door. Pure; allocates for channel names and string references only.
public enum NativeDecoder {
    /// The longest event name, in bytes.
    public static let maximumEventLength = 255

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

    private struct Problem: Error {
        let code: ErrorCode
        let message: String

        init(_ message: String, code: ErrorCode = .badRequest) {
            self.code = code
            self.message = message
        }
    }

    private struct Members {
        var type: JSONValue?
        var ref: JSONValue?
        var channel: JSONValue?
        var pattern: JSONValue?
        var event: JSONValue?
        var data: JSONValue?
        var echo: JSONValue?
    }

    private static func readMembers(_ frame: Span<UInt8>) throws(NativeError) -> Members {
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
            throw Problem("'type' must be a string: subscribe, unsubscribe, publish or ping")
        }
        if type.isString("publish", in: frame) { return try publish(members, frame) }
        if type.isString("subscribe", in: frame) { return .subscribe(try topic(members, frame)) }
        if type.isString("unsubscribe", in: frame) { return .unsubscribe(try topic(members, frame)) }
        if type.isString("ping", in: frame) { return .ping }
        throw Problem("unknown 'type'; known are subscribe, unsubscribe, publish and ping", code: .notFound)
    }

    private static func publish(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> NativeCommand {
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
        return .publish(channel: channel, event: event, data: data.range, echo: echo)
    }

    private static func topic(_ members: Members, _ frame: Span<UInt8>) throws(Problem) -> Topic {
        switch (members.channel, members.pattern) {
        case (_?, nil): return .channel(try name(members.channel, "channel", frame))
        case (nil, _?): return .pattern(try name(members.pattern, "pattern", frame))
        default: throw Problem("either 'channel' or 'pattern' must be there, and not both")
        }
    }

    private static func name(
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
