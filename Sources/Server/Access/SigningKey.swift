import Access

/// The key that `roost token` signs with.
public enum SigningKey {
    /// The private key in a file, or else the first secret of the settings. Blocks on the file system.
    public static func find(_ settings: Settings.Auth, privateKey path: String?) throws(SigningKeyError)
        -> TokenKey
    {
        if let path {
            let file = "the file '\(LogText.escaped(path))'"
            do throws(InvalidValue) {
                let pem = String(decoding: try KeyFile.read(path, isSecret: true), as: UTF8.self)
                do throws(KeyError) {
                    return try TokenKey.privateKey(pem: pem)
                } catch {
                    throw InvalidValue("is refused: \(error)")
                }
            } catch {
                throw SigningKeyError("\(file) \(error.reason)")
            }
        }
        guard let key = AccessKeys(settings).fixed.first(where: { $0.algorithm == .hs256 }) else {
            throw SigningKeyError(
                "there is no secret to sign with: set auth.hmac_secret_file (or ROOST_AUTH_HMAC_SECRET), or give "
                    + "--private-key")
        }
        return key
    }
}
