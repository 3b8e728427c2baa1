import Crypto

/// Signs tokens without the code under test.
enum TestSecret {
    static let bytes = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8)

    /// The signature of an HMAC named as tokens name it; `nil` for another algorithm.
    static func sign(_ signed: [UInt8], _ algorithm: some StringProtocol) -> [UInt8]? {
        let key = SymmetricKey(data: bytes)
        return switch algorithm {
        case "HS256": Array(HMAC<SHA256>.authenticationCode(for: signed, using: key))
        case "HS384": Array(HMAC<SHA384>.authenticationCode(for: signed, using: key))
        case "HS512": Array(HMAC<SHA512>.authenticationCode(for: signed, using: key))
        default: nil
        }
    }
}
