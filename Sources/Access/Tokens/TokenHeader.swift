import Wire

/// What a token's header says that matters here: RFC 7515 section 4.1.
struct TokenHeader: Equatable {
    /// `nil` for one that is not known here, such as `none`.
    let algorithm: TokenAlgorithm?
    let keyID: [UInt8]?

    /// - Throws: also for a member that stands twice, and for `crit`: extensions that must be understood are not.
    init(_ json: Span<UInt8>) throws(TokenError) {
        var algorithm: [UInt8]?
        var keyID: [UInt8]?
        do throws(JSONError) {
            var reader = try JSONObjectReader(json)
            while let (name, value) = try reader.next(json) {
                if name.isString("alg", in: json) {
                    algorithm = try Self.text(value, json, after: algorithm)
                } else if name.isString("kid", in: json) {
                    keyID = try Self.text(value, json, after: keyID)
                } else if name.isString("crit", in: json) || name.isString("b64", in: json) {
                    throw JSONError("an extension is not understood", at: name.range.lowerBound)
                }
            }
        } catch {
            throw .malformed("its header is \(error)")
        }
        guard let algorithm else { throw .malformed("its header has no 'alg'") }
        self.algorithm = TokenAlgorithm(rawValue: String(decoding: algorithm, as: UTF8.self))
        self.keyID = keyID
    }

    private static func text(
        _ value: JSONValue, _ json: Span<UInt8>, after previous: [UInt8]?
    ) throws(JSONError) -> [UInt8] {
        guard previous == nil, let text = value.string(in: json) else {
            throw JSONError("a member stands twice, or is no string", at: value.range.lowerBound)
        }
        return text
    }
}
