import TestSupport
import Wire

@testable import Access

extension FuzzTarget {
    static let access = [
        FuzzTarget("token", count: 4_000, notation: .token) { input, _ in Tokens.check(input) },
        FuzzTarget("token-claims", count: 4_000) { input, _ in Tokens.check(claims: input) },
        FuzzTarget("jwks", count: 1_000) { input, _ in
            do throws(KeyError) {
                let keys = try KeySet.parse(input)
                guard (1...KeySet.maximumCount).contains(keys.count) else { return "\(keys.count) keys" }
                return keys.contains(where: isFooled) ? "a signature of nothing is verified" : nil
            } catch {
                return error.description.isEmpty ? "an error without words" : nil
            }
        },
        FuzzTarget("pem", count: 1_000) { input, _ in
            let text = String(decoding: input, as: UTF8.self)
            do throws(KeyError) {
                let key = try TokenKey.publicKey(pem: text)
                return isFooled(key) ? "a signature of nothing is verified" : nil
            } catch {
                return error.description.isEmpty ? "an error without words" : nil
            }
        },
    ]

    /// Whether a key takes for its own what nobody has signed.
    private static func isFooled(_ key: TokenKey) -> Bool {
        [[], [UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 256)].contains { signature in
            key.verifies(signature, of: Array("e30.e30".utf8))
        }
    }
}

private enum Tokens {
    private static let now: Int64 = 1_800_000_000

    private static let keys = (try? TokenKey.hmac(TestSecret.bytes)) ?? []
    private static let verifier = TokenVerifier(keys, TokenRules())

    /// A token is accepted only if its last part is the signature of what is before it.
    static func check(_ token: [UInt8]) -> String? {
        do throws(TokenError) {
            _ = try verifier.verify(token.span, now: now)
        } catch {
            return error.description.isEmpty ? "an error without words" : nil
        }
        let parts = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(
            Array.init)
        guard parts.count == 3 else { return "accepted without a signature" }
        let signature = parts[2]
        let signed = parts[0] + [UInt8(ascii: ".")] + parts[1]
        let isGenuine = ["HS256", "HS384", "HS512"].contains { algorithm in
            TestSecret.sign(signed, algorithm).map(SeedNotation.base64URL) == signature
        }
        return isGenuine ? nil : "accepted with a signature that is not genuine"
    }

    /// Claims of any form, signed as they should be, and the same bytes as a header.
    static func check(claims: [UInt8]) -> String? {
        _ = try? TokenHeader(claims.span)
        var token = SeedNotation.base64URL(Array(#"{"alg":"HS256"}"#.utf8)) + [UInt8(ascii: ".")]
        token += SeedNotation.base64URL(claims)
        guard let signature = TestSecret.sign(token, "HS256") else { return nil }
        token += [UInt8(ascii: ".")] + SeedNotation.base64URL(signature)
        do throws(TokenError) {
            let verified = try verifier.verify(token.span, now: now)
            guard JSONGrammar.isText(claims, maximumDepth: JSON.maximumDepth + 1) else {
                return "it is not JSON"
            }
            guard let expires = verified.expires, TokenRules().end(of: expires) > now else {
                return "accepted though it has expired"
            }
            return verified.permissions.allow(.inbox, verified.user) ? nil : "not even its own inbox"
        } catch {
            if case .badSignature = error { return "signed, and refused" }
            return error.description.isEmpty ? "an error without words" : nil
        }
    }
}
