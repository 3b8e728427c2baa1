import JWTKit
import Testing

@testable import Access

struct KeyTests {
    @Test("a secret stands for the HMACs that it is long enough for")
    func secrets() throws {
        func algorithms(_ length: Int) throws -> [TokenAlgorithm] {
            try TokenKey.hmac(Array(Keys.secret.prefix(length))).map(\.algorithm)
        }
        #expect(throws: KeyError.self) { try algorithms(31) }
        #expect(try algorithms(32) == [.hs256])
        #expect(try algorithms(48) == [.hs256, .hs384])
        #expect(try algorithms(64) == [.hs256, .hs384, .hs512])
    }

    @Test("what is no public key for tokens is refused, and not shown")
    func refused() throws {
        let others = [
            "", "secret", ES256PrivateKey().pemRepresentation, ES384PrivateKey().publicKey.pemRepresentation,
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        ]
        for pem in others {
            let error = #expect(throws: KeyError.self) { try TokenKey.publicKey(pem: pem) }
            #expect(error?.description.contains("AAAA") == false)
        }
        #expect(throws: KeyError.self) { try TokenKey.privateKey(pem: try Keys.es256().pem) }
        let verifying = try TokenKey.publicKey(pem: try Keys.es256().pem)
        #expect(throws: KeyError.self) { try verifying.sign([1]) }
    }

    @Test("of a key set, those for signatures that are known count")
    func set() throws {
        let key = try Keys.set("one").jwk
        func parse(_ text: String) throws -> [TokenKey] { try KeySet.parse(Array(text.utf8)) }
        let others = [
            #"{"kty":"RSA","use":"enc","alg":"RSA-OAEP","n":"AQAB","e":"AQAB"}"#,
            #"{"kty":"EC","crv":"P-521"}"#,
            #"{"kty":"new"}"#, key.replacing(#""use":"sig""#, with: #""alg":"ES256""#),
        ]
        let keys = try parse(#"{"x":[],"keys":[\#((others + [key]).joined(separator: ","))]}"#)
        #expect(keys.map(\.id) == [Array("one".utf8)])
        #expect(keys.map(\.algorithm) == [.edDSA])
        #expect(throws: KeyError.self) { try parse(#"{"keys":[\#(others.joined(separator: ","))]}"#) }
    }

    @Test(
        "a key set that is wrong anywhere is refused as a whole",
        arguments: [
            "", "[]", "{}", #"{"keys":{}}"#, #"{"keys":[KEY,7]}"#, #"{"keys":[KEY],"keys":[KEY]}"#,
            #"{"keys":[KEY,{}]}"#, #"{"keys":[KEY,{"kty":"oct","k":"AA"}]}"#,
            #"{"keys":[KEY,{"kty":"OKP","crv":"Ed25519"}]}"#,
            #"{"keys":[KEY,{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#,
            #"{"keys":[KEY,{"kty":"OKP","crv":"Ed25519","x":"A=","d":"AA"}]}"#,
            #"{"keys":[KEY,{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#,
            #"{"keys":[KEY,{"kty":"RSA","n":"a b","e":"AQAB"}]}"#,
            #"{"keys":[KEY,{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#, #"{"keys":[KEY]} x"#,
        ])
    func badSet(text: String) throws {
        let key = try Keys.set("one").jwk
        #expect(throws: KeyError.self) { try KeySet.parse(Array(text.replacing("KEY", with: key).utf8)) }
    }

    @Test("a set that has been replaced holds at once")
    func rotation() throws {
        let (old, new) = (try Keys.set("old"), try Keys.set("new"))
        func parse(_ jwk: String) throws -> [TokenKey] {
            try KeySet.parse(Array(#"{"keys":[\#(jwk)]}"#.utf8))
        }
        let ring = KeyRing(try parse(old.jwk))
        let token = try Keys.token(
            #"{"sub":"a","exp":\#(Keys.now + 60)}"#, old.signing, header: #"{"alg":"EdDSA","kid":"old"}"#)
        func verify() throws {
            _ = try TokenVerifier(ring.current.keys, TokenRules()).verify(token.span, now: Keys.now)
        }
        try verify()
        let generation = ring.current.generation
        ring.replace(try parse(new.jwk))
        #expect(ring.current.generation != generation)
        #expect(throws: TokenError.unknownKey) { try verify() }
    }
}
