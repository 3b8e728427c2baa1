import Wire

/// A message that a Socket.IO client wants to be published.
struct RelayPublish: Equatable {
    enum Data: Equatable {
        /// `null`.
        case none
        /// A value, where it lies in the packet.
        case json(Range<Int>)
        /// Values with commas between them, to become an array.
        case list(Range<Int>)
        case bytes([UInt8])

        /// The JSON of values; empty for bytes.
        func json(in packet: Span<UInt8>) -> [UInt8] {
            switch self {
            case .none: return Array("null".utf8)
            case .json(let range): return [UInt8](copying: packet.extracting(range))
            case .list(let range):
                var list = [UInt8(ascii: "[")]
                list.append(copying: packet, range)
                list.append(UInt8(ascii: "]"))
                return list
            case .bytes: return []
            }
        }
    }

    var channel: ChannelName
    var data: Data
    /// `nil` for the default, `message`.
    var event: [UInt8]?
    /// Whether the publisher gets its own message.
    var echo = true
    /// Seconds that the message stays in the channel's history.
    var timeToLive: Int?
    var idempotencyKey: [UInt8]?

    init(channel: ChannelName, data: Data) {
        self.channel = channel
        self.data = data
    }
}
