import Access

/// The keys that the configuration names, read from where they are.
struct AccessKeys {
    /// A setting and what is wrong with it.
    typealias Problem = (name: String, message: String)

    /// Those that hold until the configuration changes.
    private(set) var fixed: [TokenKey] = []
    /// Those of the key set.
    private(set) var set: [TokenKey] = []
    private(set) var problems: [Problem] = []

    /// Blocks on the file system.
    init(_ settings: Settings.Auth) {
        if let secret = settings.secret {
            read("auth.hmac_secret") { () throws(InvalidValue) in try Self.hmac(Array(secret.utf8)) }
        }
        if let path = settings.secretFile {
            read("auth.hmac_secret_file", path) { () throws(InvalidValue) in
                try Self.hmac(Self.withoutLineEnd(try KeyFile.read(path, isSecret: true)))
            }
        }
        if let path = settings.publicKeyFile {
            read("auth.public_key_file", path) { () throws(InvalidValue) in try Self.publicKey(path) }
        }
        if let path = settings.keySetFile {
            do throws(InvalidValue) {
                set = try Self.readSet(path)
            } catch {
                note("auth.jwks_file", path, error)
            }
        }
    }

    /// The keys of a key set.
    static func readSet(_ path: String) throws(InvalidValue) -> [TokenKey] {
        let bytes = try KeyFile.read(path, isSecret: false)
        do throws(KeyError) {
            return try KeySet.parse(bytes)
        } catch {
            throw InvalidValue("is refused: \(error)")
        }
    }

    private mutating func read(
        _ name: String, _ path: String? = nil, _ keys: () throws(InvalidValue) -> [TokenKey]
    ) {
        do throws(InvalidValue) {
            fixed += try keys()
        } catch {
            note(name, path, error)
        }
    }

    private mutating func note(_ name: String, _ path: String?, _ error: InvalidValue) {
        let what = path.map { "the file '\(LogText.escaped($0))'" } ?? "it"
        problems.append((name, "\(what) \(error.reason)"))
    }

    private static func hmac(_ secret: [UInt8]) throws(InvalidValue) -> [TokenKey] {
        do throws(KeyError) {
            return try TokenKey.hmac(secret)
        } catch {
            throw InvalidValue("is refused: \(error)")
        }
    }

    private static func publicKey(_ path: String) throws(InvalidValue) -> [TokenKey] {
        let bytes = try KeyFile.read(path, isSecret: false)
        do throws(KeyError) {
            return [try TokenKey.publicKey(pem: String(decoding: bytes, as: UTF8.self))]
        } catch {
            throw InvalidValue("is refused: \(error)")
        }
    }

    private static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }
}
