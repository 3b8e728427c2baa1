import Wire

/// Messages and frames, put together by hand.
enum Frames {
    static func message(_ text: String, channel: String = "chat") -> [UInt8] {
        Array(
            #"{"type":"message","channel":"\#(channel)","event":"message","time":1,"data":"\#(text)"}"#.utf8)
    }

    /// An unmasked text frame, RFC 6455 section 5.2.
    static func text(_ payload: [UInt8]) -> [UInt8] {
        let length = payload.count
        let header: [UInt8] =
            switch length {
            case ..<126: [0x81, UInt8(length)]
            case ..<65536: [0x81, 126, UInt8(length >> 8), UInt8(length & 0xFF)]
            default: [0x81, 127, 0, 0, 0, 0] + [24, 16, 8, 0].map { UInt8(length >> $0 & 0xFF) }
            }
        return header + payload
    }

    static func native(_ text: String, channel: String = "chat") -> [UInt8] {
        Frames.text(message(text, channel: channel))
    }

    static func plain(_ text: String) -> [UInt8] { Frames.text(Array(text.utf8)) }
}
