import Wire

/// How a stream from the server is divided into what is one message each.
enum Framing: Sendable {
    /// Frames, RFC 6455.
    case webSocket
    /// Blocks that end with an empty line.
    case events
    /// Packets that end with the record separator.
    case records

    /// The frame at `position`; `nil` unless its end is known. That end may lie behind the bytes.
    @inline(__always)
    func frame(_ bytes: Span<UInt8>, at position: Int) -> ServerFrameHead? {
        switch self {
        case .webSocket: return ServerFrameHead(bytes, at: position)
        case .events:
            var index = position + 1
            while index < bytes.count {
                if bytes[index] == 0x0A, bytes[index - 1] == 0x0A {
                    return ServerFrameHead(start: position, end: index + 1)
                }
                index += 1
            }
            return nil
        case .records:
            var index = position
            while index < bytes.count {
                if bytes[index] == 0x1E { return ServerFrameHead(start: position, end: index + 1) }
                index += 1
            }
            return nil
        }
    }
}
