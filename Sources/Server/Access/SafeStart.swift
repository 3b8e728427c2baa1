import Access
import Broker
import EventLoop
import Limits

/// What a configuration must not leave open, and what it had better not.
enum SafeStart {
    /// The addresses that others than this machine can reach, where nobody would have to prove who they are.
    static func unguarded(_ points: [ListenPoint], _ settings: Settings) -> [ListenPoint] {
        settings.isGuarded ? [] : points.filter { !$0.address.isLoopbackOrUnix }
    }

    /// Why that is refused, and the lines of configuration that mend it.
    static func refusal(_ point: ListenPoint) -> String {
        """
        \(point.address) can be reached from other machines, and nobody would have to prove who they are; let in who has a \
        token of 'roost token', or say what everybody may do:
          auth: {hmac_secret_file: /etc/roost/secret}
          auth: {anonymous: {subscribe: "*", publish: "*"}}
        """
    }

    /// What is allowed, but risky: the setting, and why.
    static func warnings(_ settings: Settings) -> [(name: String, message: String)] {
        var warnings: [(String, String)] = []
        for operation in settings.auth.anonymous?.wideOpen ?? [] {
            warnings.append(
                ("auth.anonymous", "everybody may \(operation.rawValue) all there is (\"*\") without a token")
            )
        }
        for rule in settings.channels {
            for operation in rule.anonymous
            where rule.match.contains(where: { GlobPattern.covers($0.span, [UInt8(ascii: "*")].span) }) {
                warnings.append(
                    ("channels", "everybody may \(operation.rawValue) all there is (\"*\") without a token"))
            }
        }
        if settings.auth.isConfigured, !settings.auth.requiresExpiry {
            warnings.append(
                ("auth.require_expiry", "tokens may hold for ever: one that gets lost cannot be revoked"))
        }
        for case .range(let range) in settings.http.trustedProxies where range.isEverything {
            warnings.append(
                (
                    "http.trusted_proxies",
                    "whoever connects may say to be anybody (\(range)); limits per address are none"
                ))
        }
        if settings.http.origins.contains("*") {
            warnings.append(("http.origins", "the pages of every site may use this server (\"*\")"))
        }
        for point in settings.listen where !point.address.isLoopbackOrUnix && !point.isSecure {
            warnings.append(
                (
                    "listen",
                    "\(point.address): what is said there is not encrypted; write tls:\(point.address), or put a proxy "
                        + "with TLS before it"
                ))
        }
        warnings += tlsWarnings(settings)
        for (name, path) in [
            ("auth.public_key_file", settings.auth.publicKeyFile),
            ("auth.jwks_file", settings.auth.keySetFile),
        ] {
            guard let path, let mode = FileState(path)?.mode, mode & 0o022 != 0 else { continue }
            warnings.append((name, "others may write '\(LogText.escaped(path))', and let in whom they like"))
        }
        return warnings
    }

    private static func tlsWarnings(_ settings: Settings) -> [(String, String)] {
        guard settings.listen.contains(where: \.isSecure) else {
            return settings.tls.files.map { ($0.name, "is not used: no address in listen begins with tls:") }
        }
        guard let certificate = TLSFiles(settings.tls).certificate,
            let warning = CertificateAge.warning(certificate, at: WallClock.milliseconds() / 1000)
        else { return [] }
        return [("tls.certificate_file", warning)]
    }

    /// Of a configuration file that has secrets in it.
    static func warning(aboutFile path: String) -> String? {
        guard let mode = FileState(path)?.mode, mode & 0o077 != 0 else { return nil }
        return "there is a secret in it, and others than its owner can read it; 'chmod 600' it"
    }
}
