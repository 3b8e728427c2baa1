import Access
import EventLoop
internal import Glibc
import Hub

/// What must hold between settings, and between them and the file system.
enum SettingsRules {
    /// Broken rules: the setting to name, and what is wrong with it.
    static func broken(by settings: Settings) -> [(name: String, message: String)] {
        var broken: [(String, String)] = []
        let limits = settings.limits
        if limits.unsentBytes < limits.messageSize {
            let (size, least) = (ByteSize.text(limits.unsentBytes), ByteSize.text(limits.messageSize))
            broken.append(("limits.unsent_bytes", "is \(size), less than limits.message_size, \(least)"))
        }
        var seen: Set<ListenAddress> = []
        for point in settings.listen where !seen.insert(point.address).inserted {
            // Port 0 is another port each time.
            if case .tcp(_, 0) = point.address { continue }
            broken.append(("listen", "has \(point.address) twice"))
        }
        for rule in settings.channels where rule.slow == .spill && rule.history == nil {
            let match = rule.match.map { LogText.escaped(String(decoding: $0, as: UTF8.self)) }
            broken.append(
                ("channels", "slow: spill needs a history, and '\(match.joined(separator: ", "))' has none"))
        }
        for point in settings.listen
        where point.expectsProxyHeader && settings.http.trustedProxies.isEmpty && !point.address.isUnix {
            broken.append(("listen", "\(point) would take no connection: http.trusted_proxies has no proxy"))
        }
        if case .folder(let path) = settings.publicFolder, !PublicFolderSetting.isFolder(path) {
            broken.append(("public", "there is no folder '\(LogText.escaped(path))'"))
        }
        if let path = settings.redis.authorityFile, unsafe access(path, R_OK) != 0 {
            broken.append(("redis.ca_file", "cannot read the file '\(LogText.escaped(path))'"))
        }
        for point in SafeStart.unguarded(settings.listen, settings) {
            broken.append(("listen", SafeStart.refusal(point)))
        }
        if let point = settings.listen.first(where: \.isSecure), settings.tls.certificateFile == nil {
            broken.append(
                ("listen", "\(point) needs a certificate: set tls.certificate_file and tls.key_file"))
        }
        broken += TLSFiles(settings.tls).problems
        broken += AccessKeys(settings.auth).problems
        let names = settings.auth.apiKeys.map(\.name)
        if Set(names).count < names.count {
            broken.append(("auth.api_keys", "two keys have the same name"))
        }
        return broken
    }
}
