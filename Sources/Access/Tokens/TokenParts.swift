import Wire

/// The parts of a JWS in compact form (RFC 7515 section 7.1), decoded. Pure; nothing is verified yet.
struct TokenParts {
    /// What was signed: everything before the last dot.
    let signed: [UInt8]
    /// JSON, not read yet.
    let header: [UInt8]
    /// JSON, not read yet.
    let claims: [UInt8]
    let signature: [UInt8]

    /// Bytes; the longest that fits into a request's head of standard size, twice.
    static let maximumLength = 8 << 10

    init(_ token: Span<UInt8>) throws(TokenError) {
        guard token.count <= Self.maximumLength else {
            throw .malformed("it has \(token.count) bytes, more than \(Self.maximumLength)")
        }
        var dots: [Int] = []
        for index in token.indices where token[index] == UInt8(ascii: ".") {
            dots.append(index)
            guard dots.count <= 2 else { break }
        }
        guard dots.count == 2 else { throw .malformed("three parts with dots between are wanted") }
        signed = [UInt8](copying: token.extracting(0..<dots[1]))
        guard let header = Base64URL.decode(token.extracting(0..<dots[0])),
            let claims = Base64URL.decode(token.extracting((dots[0] + 1)..<dots[1])),
            let signature = Base64URL.decode(token.extracting((dots[1] + 1)..<token.count))
        else { throw .malformed("a part is not base64url (RFC 4648 section 5, no padding)") }
        self.header = header
        self.claims = claims
        self.signature = signature
    }
}
