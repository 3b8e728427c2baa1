import Broker
import Wire

/// Builds the commands that publish, the hot ones: the bulk strings are written where they go, without the arrays and the
/// allocation that the general formatter needs.
enum PublishWriter {
    static func append(
        prefix: [UInt8], channel: Span<UInt8>, payload: Span<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append("*3\r\n$7\r\nPUBLISH\r\n")
        appendJoined(prefix.span, channel, to: &bytes)
        append(payload, to: &bytes)
    }

    /// One call of `RedisScript.publish`.
    /// - Parameter tag: what the names of the channel's keys begin with.
    static func append(
        prefix: [UInt8], tag: [UInt8], channel: Span<UInt8>, payload: Span<UInt8>, _ request: StoreRequest,
        to bytes: inout [UInt8]
    ) {
        bytes.append(request.idempotencyKey == nil ? "*13\r\n" : "*14\r\n")
        bytes.append("$7\r\nEVALSHA\r\n")
        append(RedisScript.publish.digest, to: &bytes)
        bytes.append(request.idempotencyKey == nil ? "$1\r\n2\r\n" : "$1\r\n3\r\n")
        append(tag + "meta".utf8, to: &bytes)
        append(tag + "stream".utf8, to: &bytes)
        if let key = request.idempotencyKey { append(tag + "key:".utf8 + key, to: &bytes) }
        appendJoined(prefix.span, channel, to: &bytes)
        append(payload.extracting(0..<request.idPosition), to: &bytes)
        append(payload.extracting(request.idPosition..<payload.count), to: &bytes)
        append(decimal: Int64(request.rule?.size ?? 0), to: &bytes)
        append(decimal: request.rule?.timeToLive ?? 0, to: &bytes)
        append(Array(MessageID.makeEpoch().utf8), to: &bytes)
        if let timeToLive = request.timeToLive {
            append(decimal: timeToLive, to: &bytes)
        } else {
            bytes.append("$0\r\n\r\n")
        }
        append(decimal: StoreRequest.keyLifetime, to: &bytes)
    }

    private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        append(text.span, to: &bytes)
    }

    private static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "$"))
        append(text.count, to: &bytes)
        bytes.append("\r\n")
        bytes.append(copying: text)
        bytes.append("\r\n")
    }

    private static func appendJoined(_ first: Span<UInt8>, _ second: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "$"))
        append(first.count + second.count, to: &bytes)
        bytes.append("\r\n")
        bytes.append(copying: first)
        bytes.append(copying: second)
        bytes.append("\r\n")
    }

    private static func append(decimal value: Int64, to bytes: inout [UInt8]) {
        append(Array(String(value).utf8), to: &bytes)
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
