/// Walks the elements of one JSON array that is a whole text, validating every byte on the way.
///
///     var reader = try JSONArrayReader(bytes)
///     while let value = try reader.next(bytes) { … }
///
/// When `next` has returned `nil`, the text was one valid array with nothing behind it. The same bytes must be given to
/// every call. Each element may nest as deep as a text of its own, `JSON.maximumDepth`.
public struct JSONArrayReader {
    private var position: Int
    private var isFirst = true

    /// - Parameter start: where the text begins in `bytes`.
    public init(_ bytes: Span<UInt8>, from start: Int = 0) throws(JSONError) {
        position = start
        JSON.skipWhitespace(bytes, &position)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "[") else {
            throw JSONError("an array is wanted", at: position)
        }
        position += 1
    }

    /// The next element, or `nil` at the end.
    public mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue? {
        guard
            try JSON.nextItem(
                bytes, &position, isFirst: &isFirst, of: "an array", end: UInt8(ascii: "]"))
        else { return nil }
        return try JSON.value(bytes, &position)
    }
}
