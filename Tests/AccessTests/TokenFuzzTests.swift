import TestSupport
import Testing

@testable import Access

struct TokenFuzzTests {
    @Test("a token that was changed in any way is not accepted")
    func mutated() throws {
        let keys = try TokenKey.hmac(Keys.secret)
        let edwards = try Keys.edDSA()
        let all = keys + [try TokenKey.publicKey(pem: edwards.pem)]
        let claims = #"{"sub":"alice","exp":\#(Keys.now + 60),"roost":{"subscribe":["room:*"]}}"#
        let genuine = [
            try Keys.token(claims, keys[0]), try Keys.token(claims, keys[2]),
            try Keys.token(claims, edwards.signing),
        ]
        let seeds = genuine + [Array("e30.e30.".utf8), Array("eyJhbGciOiJub25lIn0.e30.".utf8)]
        let verifier = TokenVerifier(all, TokenRules())
        var refused = 0
        try Fuzz.run(4_000, seeds: seeds) { token, _ in
            do throws(TokenError) {
                _ = try verifier.verify(token.span, now: Keys.now)
                return genuine.contains(token) ? nil : "was accepted"
            } catch {
                refused += 1
                return genuine.contains(token) ? "was refused: \(error)" : nil
            }
        }
        #expect(refused > 1_000)
    }

    @Test("claims and headers of any form are read, or refused")
    func parsers() throws {
        let seeds = [
            #"{"alg":"HS256","kid":"x","typ":"JWT"}"#,
            #"{"sub":"a","exp":1.5e9,"nbf":-1,"aud":["x"],"iss":"y","roost":{"subscribe":["*"],"admin":true}}"#,
            #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{"kty":"oct"}]}"#,
        ].map { Array($0.utf8) }
        try Fuzz.run(4_000, seeds: seeds) { text, _ in
            _ = try? TokenHeader(text.span)
            _ = try? TokenClaims(text.span)
            return nil
        }
    }
}
