import Wire

/// What has been taken out of the hub for a polling client and does not fit into the answer to its poll. Pure.
struct EngineIOUnsent {
    /// Packets, each with a separator behind it.
    private var bytes: [UInt8] = []
    /// Where what has not been taken begins.
    private var start = 0

    var isEmpty: Bool { start == bytes.count }

    /// - Parameter packets: each with a separator behind it.
    mutating func append(_ packets: [UInt8]) {
        if isEmpty {
            bytes = packets
            start = 0
        } else {
            bytes += packets
        }
    }

    /// Takes out the first packets, each with a separator behind it.
    /// - Parameter maximum: how many, at most.
    mutating func take(_ maximum: Int) -> [UInt8] {
        var count = 0
        var end = start
        while end < bytes.count, count < maximum {
            if bytes[end] == EngineIOPayloadReader.separator { count += 1 }
            end += 1
        }
        defer {
            if end == bytes.count { self = EngineIOUnsent() } else { start = end }
        }
        return start == 0 && end == bytes.count ? bytes : Array(bytes[start..<end])
    }
}
