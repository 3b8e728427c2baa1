/// Turns bytes into WebSocket messages, RFC 6455 section 5. A pure state machine; allocates only for
/// messages that are fragmented or split over several reads.
///
/// Feed it each read's bytes and call `next` until it says `.needsInput`. It unmasks in place. After an
/// error it must not be used again.
public struct WebSocketDecoder: Sendable {
    /// The side that decodes: a server gets masked frames, a client unmasked ones.
    public enum Role: Sendable {
        case server
        case client
    }

    /// Where a payload lies.
    public enum Payload: Equatable, Sendable {
        /// In the input given to this call of `next`, unmasked.
        case input(Range<Int>)
        /// In `assembled`, until the next call.
        case assembled
        /// In `control`, until the next call.
        case control
    }

    public enum Event: Equatable, Sendable {
        case needsInput
        case message(isText: Bool, Payload)
        case ping(Payload)
        case pong(Payload)
        /// The peer's close frame; `code` is `nil` when it carried none.
        case close(code: UInt16?)
    }

    /// The payload of the message that `.assembled` speaks of.
    public private(set) var assembled: [UInt8] = []
    /// The payload of the control frame that `.control` speaks of.
    public private(set) var control: [UInt8] = []

    private let role: Role
    private let maximumMessageSize: Int
    private let validatesText: Bool

    private var header = [UInt8]()
    private var frame: Frame?
    /// The opcode of the fragmented message under way.
    private var fragmented: WebSocketOpcode?
    private var holdsDelivered = false

    private struct Frame {
        var header: WebSocketFrameHeader
        var remaining: Int
    }

    /// - Parameters:
    ///   - maximumMessageSize: in bytes, over all fragments; larger ones throw 1009 before they are read.
    ///   - validatesText: whether text must be UTF-8 (1007). False where the consumer checks every byte itself.
    public init(role: Role, maximumMessageSize: Int, validatesText: Bool = true) {
        self.role = role
        self.maximumMessageSize = maximumMessageSize
        self.validatesText = validatesText
    }

    /// The next event in `input` from `position` on, which moves past what was used.
    public mutating func next(
        _ input: inout MutableSpan<UInt8>, _ position: inout Int
    ) throws(WebSocketError) -> Event {
        if holdsDelivered {
            assembled.removeAll(keepingCapacity: assembled.capacity <= 4096)
            holdsDelivered = false
        }
        while true {
            if frame == nil {
                guard let header = try decodeHeader(input.span, &position) else { return .needsInput }
                try check(header)
                frame = Frame(header: header, remaining: header.length)
                if header.opcode.isControl { control.removeAll(keepingCapacity: true) }
            }
            if let event = try decodePayload(&input, &position) { return event }
            if frame != nil { return .needsInput }
        }
    }

    private mutating func decodeHeader(
        _ input: Span<UInt8>, _ position: inout Int
    ) throws(WebSocketError) -> WebSocketFrameHeader? {
        let isMasked = role == .server
        let available = input.count - position
        if header.isEmpty, available >= 2 {
            let length = WebSocketFrameHeader.length(secondByte: input[position + 1])
            if available >= length {
                defer { position += length }
                return try WebSocketFrameHeader(input, at: position, isMasked: isMasked)
            }
        }
        // The header is split over reads: gather it. The first two bytes say how long it is.
        while position < input.count {
            header.append(input[position])
            position += 1
            if header.count >= 2, header.count == WebSocketFrameHeader.length(secondByte: header[1]) {
                defer { header.removeAll(keepingCapacity: true) }
                return try WebSocketFrameHeader(header.span, at: 0, isMasked: isMasked)
            }
        }
        return nil
    }

    private var tooBig: WebSocketError {
        let words = "a message may have at most \(maximumMessageSize) bytes"
        // A client's is its own affair, not the server's setting.
        guard role == .server else { return WebSocketError(.messageTooBig, words) }
        return WebSocketError(.messageTooBig, Limit.messageSize.message(words), .messageSize)
    }

    private mutating func check(_ header: WebSocketFrameHeader) throws(WebSocketError) {
        guard !header.opcode.isControl else { return }
        if header.opcode == .continuation {
            guard fragmented != nil else {
                throw WebSocketError(.protocolError, "a continuation without a message to continue")
            }
        } else if fragmented != nil {
            throw WebSocketError(.protocolError, "a new message inside a fragmented one")
        }
        // `assembled` never exceeds the maximum, so the difference cannot overflow.
        guard header.length <= maximumMessageSize - assembled.count else {
            throw tooBig
        }
    }

    /// Takes what there is of the frame's payload; an event if that completes a message or control frame.
    private mutating func decodePayload(
        _ input: inout MutableSpan<UInt8>, _ position: inout Int
    ) throws(WebSocketError) -> Event? {
        guard var frame else { return nil }
        let taken = min(frame.remaining, input.count - position)
        let range = position..<(position + taken)
        if role == .server {
            Self.unmask(&input, range, frame.header.mask, from: frame.header.length - frame.remaining)
        }
        position += taken
        let isWhole = taken == frame.header.length
        frame.remaining -= taken
        let isComplete = frame.remaining == 0
        let header = frame.header

        if header.opcode.isControl {
            if !isWhole { control.append(copying: input.span, range) }
            self.frame = isComplete ? nil : frame
            guard isComplete else { return nil }
            return try finishControl(header.opcode, isWhole ? .input(range) : .control, input.span)
        }

        if isWhole, header.isFinal, header.opcode != .continuation {
            self.frame = nil
            return try finish(header.opcode == .text, .input(range), input.span.extracting(range))
        }
        assembled.append(copying: input.span, range)
        self.frame = isComplete ? nil : frame
        guard isComplete else { return nil }
        let opcode = fragmented ?? header.opcode
        guard header.isFinal else {
            fragmented = opcode
            return nil
        }
        fragmented = nil
        holdsDelivered = true
        return try finish(opcode == .text, .assembled, assembled.span)
    }

    private func finish(
        _ isText: Bool, _ payload: Payload, _ bytes: Span<UInt8>
    ) throws(WebSocketError) -> Event {
        if isText, validatesText, !UTF8Validator.isValid(bytes) {
            throw WebSocketError(.invalidPayload, "a text message is not valid UTF-8")
        }
        return .message(isText: isText, payload)
    }

    private func finishControl(
        _ opcode: WebSocketOpcode, _ payload: Payload, _ input: Span<UInt8>
    ) throws(WebSocketError) -> Event {
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            if case .input(let range) = payload {
                return .close(code: try Self.closeCode(input.extracting(range)))
            }
            return .close(code: try Self.closeCode(control.span))
        }
    }

    /// The code in a close frame's payload, RFC 6455 sections 5.5.1 and 7.4.
    private static func closeCode(_ payload: Span<UInt8>) throws(WebSocketError) -> UInt16? {
        if payload.isEmpty { return nil }
        guard payload.count >= 2 else {
            throw WebSocketError(.protocolError, "a close frame has one byte of payload")
        }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: break
        default: throw WebSocketError(.protocolError, "close code \(code) may not be sent")
        }
        guard UTF8Validator.isValid(payload.extracting(2..<payload.count)) else {
            throw WebSocketError(.invalidPayload, "a close reason is not valid UTF-8")
        }
        return code
    }

    /// XORs `range` with the mask, RFC 6455 section 5.3; `offset` is the range's place in the frame's payload.
    private static func unmask(
        _ input: inout MutableSpan<UInt8>, _ range: Range<Int>, _ mask: UInt32, from offset: Int
    ) {
        let rotation = UInt32(offset & 3) * 8
        let key = rotation == 0 ? mask : mask >> rotation | mask << (32 - rotation)
        let wide = UInt64(key) << 32 | UInt64(key)
        var index = range.lowerBound
        var bytes = unsafe input.mutableBytes
        // Eight bytes at a time: the loads and stores stay inside `range`, which the caller took from `input.count`.
        while range.upperBound - index >= 8 {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            bytes.storeBytes(of: word ^ UInt64(littleEndian: wide), toByteOffset: index, as: UInt64.self)
            index += 8
        }
        var shift: UInt32 = 0
        while index < range.upperBound {
            input[index] ^= UInt8(truncatingIfNeeded: key >> shift)
            shift = (shift + 8) & 31
            index += 1
        }
    }
}
