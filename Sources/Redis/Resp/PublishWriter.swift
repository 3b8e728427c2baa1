import Wire

/// Builds `PUBLISH` commands, the hot ones: the bulk strings are written where they go, without the arrays and the
/// allocation that the general formatter needs.
enum PublishWriter {
    static func append(
        prefix: [UInt8], channel: Span<UInt8>, payload: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append("*3\r\n$7\r\nPUBLISH\r\n$")
        append(prefix.count + channel.count, to: &bytes)
        bytes.append("\r\n")
        bytes.append(contentsOf: prefix)
        bytes.append(copying: channel)
        bytes.append("\r\n$")
        append(payload.count, to: &bytes)
        bytes.append("\r\n")
        bytes.append(copying: payload)
        bytes.append("\r\n")
    }

    /// Appends a length in decimal digits.
    private static func append(_ length: Int, to bytes: inout [UInt8]) {
        var unit = 1
        while length / unit >= 10 { unit *= 10 }
        while unit > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: length / unit % 10))
            unit /= 10
        }
    }
}
