import JWTKit
import Wire

@testable import Access

/// Keys and tokens for tests.
enum Keys {
    static let now: Int64 = 1_800_000_000
    static let secret = Array("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef".utf8)

    static func token(
        _ claims: String, _ key: TokenKey, header: String? = nil
    ) throws -> [UInt8] {
        let header = header ?? #"{"alg":"\#(key.algorithm.rawValue)","typ":"JWT"}"#
        var token: [UInt8] = []
        Base64URL.append(Array(header.utf8).span, to: &token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(Array(claims.utf8).span, to: &token)
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        Base64URL.append(signature.span, to: &token)
        return token
    }

    /// A private key, and its public half as PEM.
    static func es256() throws -> (signing: TokenKey, pem: String) {
        let key = ES256PrivateKey()
        return (try TokenKey.privateKey(pem: key.pemRepresentation), key.publicKey.pemRepresentation)
    }

    static func edDSA() throws -> (signing: TokenKey, pem: String) {
        let key = try EdDSA.PrivateKey()
        return (try TokenKey.privateKey(pem: key.pemRepresentation), key.publicKey.pemRepresentation)
    }

    /// A key set with an Ed25519 key, and the key.
    static func set(_ id: String?) throws -> (signing: TokenKey, jwk: String) {
        let key = try EdDSA.PrivateKey()
        var x: [UInt8] = []
        Base64URL.append(Array(key.publicKey.rawRepresentation).span, to: &x)
        let kid = id.map { #","kid":"\#($0)""# } ?? ""
        return (
            try TokenKey.privateKey(pem: key.pemRepresentation),
            #"{"kty":"OKP","crv":"Ed25519","use":"sig","x":"\#(String(decoding: x, as: UTF8.self))"\#(kid)}"#
        )
    }
}
