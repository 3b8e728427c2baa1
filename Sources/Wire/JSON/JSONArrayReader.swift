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
        JSON.skipWhitespace(bytes, &position)
        guard position < bytes.count else { throw JSONError("an array does not end", at: position) }
        if bytes[position] == UInt8(ascii: "]") {
            position += 1
            JSON.skipWhitespace(bytes, &position)
            guard position == bytes.count else {
                throw JSONError("something follows the value", at: position)
            }
            return nil
        }
        if !isFirst {
            guard bytes[position] == UInt8(ascii: ",") else {
                throw JSONError("',' or ']' is missing", at: position)
            }
            position += 1
            JSON.skipWhitespace(bytes, &position)
        }
        isFirst = false
        return try JSON.value(bytes, &position)
    }
}
