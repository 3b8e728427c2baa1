import JWTKit
import Wire

/// Reads a JSON Web Key Set: RFC 7517 section 5.
public enum KeySet {
    /// The most keys that a set may have: each may have to be tried for a token that names none.
    public static let maximumCount = 64

    /// The keys for signatures. Keys for other uses, and of kinds that are not known here, are passed over. Blocks for a
    /// moment.
    /// - Throws: if anything is malformed, or no key is left: a set is taken whole or not at all.
    public static func parse(_ text: [UInt8]) throws(KeyError) -> [TokenKey] {
        let set = text.span
        var keys: [TokenKey]?
        do throws(JSONError) {
            var reader = try JSONObjectReader(set)
            while let (name, value) = try reader.next(set) {
                guard name.isString("keys", in: set) else { continue }
                guard keys == nil else { throw JSONError("'keys' stands twice", at: value.range.lowerBound) }
                keys = try read(set.extracting(value.range), at: value.range.lowerBound)
            }
        } catch {
            throw KeyError("\(error)")
        }
        guard let keys else { throw KeyError("there is no 'keys' in it, so it is no JWKS") }
        guard !keys.isEmpty else { throw KeyError("there is no key for RS256, ES256 or EdDSA in it") }
        return keys
    }

    private static func read(_ array: Span<UInt8>, at offset: Int) throws(JSONError) -> [TokenKey] {
        var reader = try JSONArrayReader(array)
        var keys: [TokenKey] = []
        var number = 0
        while let value = try reader.next(array) {
            number += 1
            guard number <= maximumCount else {
                throw JSONError("there are more than \(maximumCount) keys", at: offset)
            }
            do throws(KeyError) {
                if let key = try key(array.extracting(value.range)) { keys.append(key) }
            } catch {
                throw JSONError("key \(number): \(error)", at: offset + value.range.lowerBound)
            }
        }
        return keys
    }

    /// `nil` for one that is not for signatures, or not known here.
    private static func key(_ text: Span<UInt8>) throws(KeyError) -> TokenKey? {
        let members = try Members(text)
        if let use = members["use"], use != "sig" { return nil }
        guard members["d"] == nil else { throw KeyError("it is a private key, which does not belong here") }
        let id = members["kid"]
        let jwk: JWK
        let algorithm: TokenAlgorithm
        // `add(jwk:)` wants a name; ours is kept beside it.
        let name = JWKIdentifier(string: "key")
        switch (members["kty"], members["crv"]) {
        case ("RSA"?, _):
            let (modulus, exponent) = (try members.number("n"), try members.number("e"))
            (jwk, algorithm) = (
                .rsa(.rs256, identifier: name, modulus: modulus, exponent: exponent), .rs256
            )
        case ("EC"?, "P-256"?):
            let (x, y) = (try members.number("x"), try members.number("y"))
            (jwk, algorithm) = (.ecdsa(.es256, identifier: name, x: x, y: y, curve: .p256), .es256)
        case ("OKP"?, "Ed25519"?):
            let x = try members.number("x")
            (jwk, algorithm) = (
                .octetKeyPair(.eddsa, identifier: name, x: x, y: nil, curve: .ed25519), .edDSA
            )
        case ("oct"?, _): throw KeyError("it is a secret (oct), which belongs into auth.hmac_secret_file")
        case (nil, _): throw KeyError("'kty' is missing")
        default: return nil
        }
        if let wanted = members["alg"], wanted != algorithm.rawValue { return nil }
        return try TokenKey(jwk, algorithm, id: id.map { Array($0.utf8) })
    }

    /// The members of a key that are strings.
    private struct Members {
        private var texts: [String: String] = [:]

        init(_ text: Span<UInt8>) throws(KeyError) {
            do throws(JSONError) {
                var reader = try JSONObjectReader(text)
                while let (name, value) = try reader.next(text) {
                    guard let key = name.string(in: text), let bytes = value.string(in: text) else {
                        continue
                    }
                    let previous = texts.updateValue(
                        String(decoding: bytes, as: UTF8.self), forKey: String(decoding: key, as: UTF8.self))
                    guard previous == nil else {
                        throw JSONError("a member stands twice", at: name.range.lowerBound)
                    }
                }
            } catch {
                throw KeyError("\(error)")
            }
        }

        subscript(_ name: String) -> String? { texts[name] }

        /// A number, or a coordinate, in base64url.
        func number(_ name: String) throws(KeyError) -> String {
            guard let text = texts[name] else { throw KeyError("'\(name)' is missing") }
            guard !text.isEmpty, Base64URL.decode(Array(text.utf8).span) != nil else {
                throw KeyError("'\(name)' is not base64url")
            }
            return text
        }
    }
}
