/// Walks the members of one JSON object that is a whole text, validating every byte on the way.
///
///     var reader = try JSONObjectReader(bytes)
///     while let (key, value) = try reader.next(bytes) { … }
///
/// When `next` has returned `nil`, the text was one valid object with nothing behind it. The same bytes must be
/// given to every call. Each value may nest as deep as a text of its own, `JSON.maximumDepth`: what was valid as
/// data is valid inside a message.
public struct JSONObjectReader {
    private var position = 0
    private var isFirst = true

    public init(_ bytes: Span<UInt8>) throws(JSONError) {
        JSON.skipWhitespace(bytes, &position)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else {
            // Say what is wrong with the text first; only a valid one is "not an object".
            _ = try JSON.validate(bytes)
            throw JSONError("an object is wanted", at: position)
        }
        position += 1
    }

    /// The next member: its key (a string) and value, or `nil` at the end.
    public mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> (key: JSONValue, value: JSONValue)? {
        guard
            try JSON.nextItem(
                bytes, &position, isFirst: &isFirst, of: "an object", end: UInt8(ascii: "}"))
        else { return nil }
        let start = position
        let hasEscapes = try JSON.skipString(bytes, &position)
        let key = JSONValue(.string, start..<position, hasEscapes: hasEscapes)
        try JSON.skipColon(bytes, &position)
        JSON.skipWhitespace(bytes, &position)
        return (key, try JSON.value(bytes, &position))
    }
}
