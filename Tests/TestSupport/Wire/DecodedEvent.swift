import Wire

/// What a WebSocket decoder said, payload included: comparable however its input was cut.
public enum DecodedEvent: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?)
    case failure(WebSocketError)

    public static func text(_ text: String) -> DecodedEvent { .text(Array(text.utf8)) }

    /// All events of a stream that arrives in these pieces, up to the first failure.
    public static func all(
        in pieces: [[UInt8]], role: WebSocketDecoder.Role = .server, maximum: Int = 1 << 20,
        validatesText: Bool = true
    ) -> [DecodedEvent] {
        var decoder = WebSocketDecoder(
            role: role, maximumMessageSize: maximum, validatesText: validatesText)
        var events: [DecodedEvent] = []
        for var piece in pieces {
            var position = 0
            var span = piece.mutableSpan
            do throws(WebSocketError) {
                while let event = DecodedEvent(try decoder.next(&span, &position), decoder, span.span) {
                    events.append(event)
                }
            } catch {
                return events + [.failure(error)]
            }
            precondition(position == span.count, "input is needed though there is some")
        }
        return events
    }

    public static func all(
        in bytes: [UInt8], role: WebSocketDecoder.Role = .server, maximum: Int = 1 << 20,
        validatesText: Bool = true
    ) -> [DecodedEvent] {
        all(in: [bytes], role: role, maximum: maximum, validatesText: validatesText)
    }

    public static func all(in frames: RawFrame...) -> [DecodedEvent] { all(in: frames.flatMap(\.bytes)) }

    /// `nil` for "needs input".
    private init?(_ event: WebSocketDecoder.Event, _ decoder: WebSocketDecoder, _ input: Span<UInt8>) {
        func bytes(_ payload: WebSocketDecoder.Payload) -> [UInt8] {
            switch payload {
            case .input(let range): [UInt8](copying: input.extracting(range))
            case .assembled: decoder.assembled
            case .control: decoder.control
            }
        }
        switch event {
        case .needsInput: return nil
        case .message(let isText, let payload):
            self = isText ? .text(bytes(payload)) : .binary(bytes(payload))
        case .ping(let payload): self = .ping(bytes(payload))
        case .pong(let payload): self = .pong(bytes(payload))
        case .close(let code): self = .close(code)
        }
    }

    /// The close code of a failure.
    public var failureCode: CloseCode? {
        if case .failure(let error) = self { return error.code }
        return nil
    }
}
