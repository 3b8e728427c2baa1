import Wire

/// Counts the replies to `PUBLISH` and `AUTH`, which are single lines of RESP (https://redis.io/docs/reference/protocol-spec/).
/// Pure.
struct RedisReplies {
    private(set) var count = 0
    /// The first error's words.
    private(set) var error: String?

    private var isAtLineStart = true
    private var words: [UInt8]?

    mutating func take(_ bytes: Span<UInt8>) {
        for index in bytes.indices {
            let byte = bytes[index]
            if isAtLineStart {
                isAtLineStart = false
                if byte == UInt8(ascii: "-"), error == nil { words = [] }
            } else if byte == 0x0A {
                isAtLineStart = true
                count += 1
                if let words { error = String(decoding: words, as: UTF8.self) }
                words = nil
            } else if byte != 0x0D, let length = words?.count, length < 200 {
                words?.append(byte)
            }
        }
    }
}
