import Wire

/// What an event from a Socket.IO client asks for. PROTOCOL.md, "Socket.IO".
enum RelayCommand: Equatable {
    /// `since`: the last message that the client has.
    case subscribe(Topic, since: MessageID?)
    case unsubscribe(Topic)
    case publish(RelayPublish)

    /// - Parameters:
    ///   - event: its name, UTF-8.
    ///   - packet: what `arguments` are of.
    ///   - channel: where events go that name none.
    init(
        _ event: [UInt8], _ arguments: SocketIOArguments, in packet: Span<UInt8>,
        channel: ChannelName
    ) throws(NativeError) {
        if event.span.equals("subscribe") {
            let (topic, since) = try Self.topic(arguments, packet, event)
            self = .subscribe(topic, since: since)
        } else if event.span.equals("unsubscribe") {
            self = .unsubscribe(try Self.topic(arguments, packet, event).0)
        } else if event.span.equals("publish") {
            self = .publish(try Self.publish(arguments, packet))
        } else {
            guard (1...NativeDecoder.maximumEventLength).contains(event.count) else {
                throw NativeError(
                    .badRequest,
                    "the name of an event must have 1 to \(NativeDecoder.maximumEventLength) bytes")
            }
            var publish = RelayPublish(channel: channel, data: try Self.data(arguments, packet))
            if !event.span.equals("message") { publish.event = event }
            self = .publish(publish)
        }
    }

    /// `"news"`, `{"channel":"news"}` or `{"pattern":"news.*"}`; `since` in it, or in an object of its own after it.
    private static func topic(
        _ arguments: SocketIOArguments, _ packet: Span<UInt8>, _ event: [UInt8]
    ) throws(NativeError) -> (Topic, since: MessageID?) {
        var topic: Topic
        var since: MessageID?
        switch arguments.values.first?.kind {
        case .string?:
            topic = .channel(try name(arguments.values[0], packet))
        case .object?:
            (topic, since) = try NativeDecoder.topic(packet.extracting(arguments.values[0].range))
        default:
            let event = String(decoding: event, as: UTF8.self)
            throw NativeError(
                .badRequest, "'\(event)' wants the name of a channel, {\"channel\":…} or {\"pattern\":…}")
        }
        if arguments.count > 1, arguments.values[1].kind != .null {
            guard arguments.values[1].kind == .object else {
                throw NativeError(.badRequest, "what follows the channel must be an object: {\"since\":…}")
            }
            since = try NativeDecoder.since(packet.extracting(arguments.values[1].range)) ?? since
        }
        return (topic, since)
    }

    private static func name(_ value: JSONValue, _ packet: Span<UInt8>) throws(NativeError) -> ChannelName {
        do throws(ChannelNameError) {
            return try ChannelName(validating: value.string(in: packet) ?? [])
        } catch {
            throw NativeError(.badRequest, "\(error)")
        }
    }

    /// `{"channel":…,"data":…}` and what else the native door's `publish` has.
    private static func publish(
        _ arguments: SocketIOArguments, _ packet: Span<UInt8>
    ) throws(NativeError) -> RelayPublish {
        guard let object = arguments.values.first, object.kind == .object else {
            throw NativeError(.badRequest, "'publish' wants an object: {\"channel\":…,\"data\":…}")
        }
        let command = try NativeDecoder.publish(packet.extracting(object.range))
        let start = object.range.lowerBound
        let range = (start + command.data.lowerBound)..<(start + command.data.upperBound)
        var publish = RelayPublish(
            channel: command.channel, data: try data(arguments, at: range) ?? .json(range))
        publish.event = command.event
        publish.echo = command.echo
        publish.timeToLive = command.timeToLive
        publish.idempotencyKey = command.idempotencyKey
        return publish
    }

    private static func data(
        _ arguments: SocketIOArguments, _ packet: Span<UInt8>
    ) throws(NativeError) -> RelayPublish.Data {
        if let bytes = try data(arguments, at: arguments.range) { return bytes }
        switch arguments.count {
        case 0: return .none
        case 1: return .json(arguments.range)
        default:
            // One level deeper than each of them: it must be possible to read it again.
            let list = RelayPublish.Data.list(arguments.range).json(in: packet)
            guard (try? JSON.validate(list.span)) != nil else {
                throw NativeError(
                    .badRequest,
                    "several arguments become one array, nested at most \(JSON.maximumDepth) deep")
            }
            return .list(arguments.range)
        }
    }

    /// The bytes that stand at `range`; `nil` if no bytes came along.
    private static func data(
        _ arguments: SocketIOArguments, at range: Range<Int>
    ) throws(NativeError) -> RelayPublish.Data? {
        guard let placeholder = arguments.placeholders.first else { return nil }
        guard arguments.placeholders.count == 1, placeholder.range == range else {
            throw NativeError(
                .badRequest,
                "bytes must be all the data of a message; within other data they cannot be passed on")
        }
        return .bytes(arguments.attachments[placeholder.number])
    }
}
