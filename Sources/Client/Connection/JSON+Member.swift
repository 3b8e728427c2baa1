import Wire

extension JSON {
    /// The value of member `name` in `bytes`, which must be one whole object; the last one if it stands more than
    /// once. `nil` if it is missing or the bytes are not such an object.
    public static func member(_ name: StaticString, of bytes: Span<UInt8>) -> JSONValue? {
        var found: JSONValue?
        do throws(JSONError) {
            var reader = try JSONObjectReader(bytes)
            while let (key, value) = try reader.next(bytes) {
                if key.isString(name, in: bytes) { found = value }
            }
        } catch {
            return nil
        }
        return found
    }
}
