/// Where the parts of a message lie in its JSON bytes: `{type, channel, id?, event, from?, time, data, encoding?}`.
///
/// What a subscriber on Redis sees and what a native client gets are the same bytes; this is the one check that
/// they are whole, made once per message and worker.
public struct MessageView: Equatable, Sendable {
    public let channel: JSONValue
    public let event: JSONValue
    public let data: JSONValue
    public let id: JSONValue?
    public let from: JSONValue?
    /// Milliseconds since 1970, UTC.
    public let time: Int64
    /// The digits of `time`.
    public let timeRange: Range<Int>
    /// `data` is base64 of bytes that are not text.
    public let isBinary: Bool

    /// The view of `bytes` if they are a whole and valid message of `channel`, else `nil`: then they are data.
    ///
    /// Unknown members are let through; a known one that stands twice, or is of the wrong type, is not.
    public init?(_ bytes: Span<UInt8>, channel: Span<UInt8>) {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "{") else { return nil }
        var members = Members()
        guard var reader = try? JSONObjectReader(bytes) else { return nil }
        while true {
            // `try?` would blur "the end" and "not JSON".
            do throws(JSONError) {
                guard let (key, value) = try reader.next(bytes) else { break }
                guard members.take(key, value, bytes) else { return nil }
            } catch {
                return nil
            }
        }
        guard let type = members.type, type.isString("message", in: bytes),
            let name = members.channel, name.isString(channel, in: bytes),
            let event = members.event, event.kind == .string,
            let timeValue = members.time, let time = timeValue.integer(in: bytes), time >= 0,
            let data = members.data,
            members.id.map({ $0.kind == .string }) ?? true,
            members.from.map({ $0.kind == .string }) ?? true
        else { return nil }
        if let encoding = members.encoding {
            guard encoding.isString("base64", in: bytes), data.kind == .string else { return nil }
        }
        self.channel = name
        self.event = event
        self.data = data
        self.id = members.id
        self.from = members.from
        self.time = time
        self.timeRange = timeValue.range
        self.isBinary = members.encoding != nil
    }

    /// The message as it was before it was stored, when `bytes`, of which this is the view, were stored by Roost.
    public func withoutID(_ bytes: Span<UInt8>) -> [UInt8] {
        guard let id, case let start = id.range.lowerBound - 5, start > 0, id.range.upperBound < bytes.count,
            bytes.extracting(start..<id.range.lowerBound).equals(#""id":"#)
        else { return [UInt8](copying: bytes) }
        var message: [UInt8] = []
        message.append(copying: bytes, 0..<start)
        message.append(copying: bytes, (id.range.upperBound + 1)..<bytes.count)
        return message
    }

    private struct Members {
        var type: JSONValue?
        var channel: JSONValue?
        var event: JSONValue?
        var time: JSONValue?
        var data: JSONValue?
        var id: JSONValue?
        var from: JSONValue?
        var encoding: JSONValue?

        /// False for a known member that stands twice.
        mutating func take(_ key: JSONValue, _ value: JSONValue, _ bytes: Span<UInt8>) -> Bool {
            if key.isString("type", in: bytes) { return Self.set(&type, value) }
            if key.isString("channel", in: bytes) { return Self.set(&channel, value) }
            if key.isString("event", in: bytes) { return Self.set(&event, value) }
            if key.isString("time", in: bytes) { return Self.set(&time, value) }
            if key.isString("data", in: bytes) { return Self.set(&data, value) }
            if key.isString("id", in: bytes) { return Self.set(&id, value) }
            if key.isString("from", in: bytes) { return Self.set(&from, value) }
            if key.isString("encoding", in: bytes) { return Self.set(&encoding, value) }
            return true
        }

        private static func set(_ member: inout JSONValue?, _ value: JSONValue) -> Bool {
            guard member == nil else { return false }
            member = value
            return true
        }
    }
}
