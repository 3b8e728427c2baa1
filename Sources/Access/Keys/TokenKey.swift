import JWTKit

/// A key that tokens may be signed with, and the one algorithm that it is for: a token cannot choose another
/// (RFC 8725 section 3.1).
public struct TokenKey: Sendable {
    /// `kid`; `nil` for a key from a file of its own.
    public let id: [UInt8]?
    public let algorithm: TokenAlgorithm
    let signer: any JWTAlgorithm

    /// The shortest HMAC secret, in bytes: as long as SHA-256's output (RFC 7518 section 3.2).
    public static let minimumSecretLength = 32

    private init(_ algorithm: TokenAlgorithm, id: [UInt8]? = nil, _ signer: any JWTAlgorithm) {
        self.id = id
        self.algorithm = algorithm
        self.signer = signer
    }

    /// The keys that a secret stands for: one for each HMAC whose output is no longer than it. Blocks for a moment.
    public static func hmac(_ secret: [UInt8]) throws(KeyError) -> [TokenKey] {
        guard secret.count >= minimumSecretLength else {
            throw KeyError("the secret has \(secret.count) bytes; at least \(minimumSecretLength) are wanted")
        }
        let digests: [(TokenAlgorithm, DigestAlgorithm, Int)] = [
            (.hs256, .sha256, 32), (.hs384, .sha384, 48), (.hs512, .sha512, 64),
        ]
        var keys: [TokenKey] = []
        for (algorithm, digest, length) in digests where secret.count >= length {
            let signer = try signer {
                await $0.add(hmac: HMACKey(from: secret), digestAlgorithm: digest)
            }
            keys.append(TokenKey(algorithm, signer))
        }
        return keys
    }

    /// The public key in a PEM file: RSA (RS256), P-256 (ES256) or Ed25519 (EdDSA). Blocks for a moment.
    public static func publicKey(pem: String) throws(KeyError) -> TokenKey {
        guard !pem.contains("PRIVATE KEY-----") else {
            throw KeyError("there is a private key in it; the server needs the public one only")
        }
        if let key = try? Insecure.RSA.PublicKey(pem: pem) {
            return TokenKey(.rs256, try signer { await $0.add(rsa: key, digestAlgorithm: .sha256) })
        }
        if let key = try? ES256PublicKey(pem: pem) {
            return TokenKey(.es256, try signer { await $0.add(ecdsa: key) })
        }
        if let key = try? EdDSA.PublicKey(pem: pem) {
            return TokenKey(.edDSA, try signer { await $0.add(eddsa: key) })
        }
        throw KeyError(
            "there is no public key in it; accepted: PEM with an RSA key of at least 2048 bits, an EC key of the "
                + "curve P-256, or an Ed25519 key")
    }

    /// The private key in a PEM file, for signing. Blocks for a moment.
    public static func privateKey(pem: String) throws(KeyError) -> TokenKey {
        if let key = try? Insecure.RSA.PrivateKey(pem: pem) {
            return TokenKey(.rs256, try signer { await $0.add(rsa: key, digestAlgorithm: .sha256) })
        }
        if let key = try? ES256PrivateKey(pem: pem) {
            return TokenKey(.es256, try signer { await $0.add(ecdsa: key) })
        }
        if let key = try? EdDSA.PrivateKey(pem: pem) {
            return TokenKey(.edDSA, try signer { await $0.add(eddsa: key) })
        }
        throw KeyError(
            "there is no private key in it; accepted: PEM with an RSA key of at least 2048 bits, an EC key of the "
                + "curve P-256, or an Ed25519 key")
    }

    /// A key of a JWKS.
    init(_ jwk: JWK, _ algorithm: TokenAlgorithm, id: [UInt8]?) throws(KeyError) {
        self.init(algorithm, id: id, try Self.signer { try await $0.add(jwk: jwk, isDefault: true) })
    }

    private static func signer(
        _ add: @escaping @Sendable (JWTKeyCollection) async throws -> some Sendable
    ) throws(KeyError) -> any JWTAlgorithm {
        do {
            return try Blocking.wait {
                let collection = JWTKeyCollection()
                _ = try await add(collection)
                return try await collection.getKey()
            }
        } catch {
            throw KeyError("it cannot be used: \(error)")
        }
    }

    // MARK: Using it

    /// Whether the signature is this key's. Any thread.
    func verifies(_ signature: [UInt8], of signed: [UInt8]) -> Bool {
        (try? signer.verify(signature, signs: signed)) ?? false
    }

    /// - Throws: for a public key.
    func sign(_ bytes: [UInt8]) throws(KeyError) -> [UInt8] {
        do {
            return try signer.sign(bytes)
        } catch {
            throw KeyError("the key cannot sign")
        }
    }
}
