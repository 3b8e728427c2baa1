import Access
import Foundation
import TestSupport
import Testing

@testable import Server

struct AccessSettingsTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    private func load(_ yaml: String, listen: String = "127.0.0.1:0") throws -> EffectiveSettings {
        let file = try TemporaryFile(yaml)
        return try SettingsLoader(flags: ["listen": [listen]], file: file.path).load()
    }

    private func problems(_ yaml: String, listen: String = "127.0.0.1:0") -> [String] {
        do {
            _ = try load(yaml, listen: listen)
            return []
        } catch let error as ConfigurationError {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    @Test("what anonymous clients and back ends may do is read, and printed again")
    func rules() throws {
        let hash = APIKey().hash
        let yaml = """
            auth:
              hmac_secret: \(Self.secret)
              anonymous: {subscribe: "news.*", history: []}
              audience: [roost]
              issuer: me
              leeway: 5m
              require_expiry: false
              api_keys:
                - {name: mailer, hash: "\(hash)", queues: ["mail.*", films], admin: true}
            """
        let effective = try load(yaml)
        let auth = effective.settings.auth
        var anonymous = Permissions.nothing
        anonymous[.subscribe] = [Array("news.*".utf8)]
        anonymous[.history] = []
        var mailer = Permissions.nothing
        mailer[.queues] = [Array("mail.*".utf8), Array("films".utf8)]
        mailer.isAdministrator = true
        #expect(auth.anonymous == anonymous)
        #expect(auth.apiKeys == [APIKeyRule(name: "mailer", hash: hash, permissions: mailer)])
        #expect(auth.rules.audience == ["roost"] && auth.rules.issuer == "me" && auth.rules.leeway == 300)
        #expect(!auth.rules.requiresExpiry)
        #expect(!effective.report.contains(Self.secret))
        for key in SettingKey.all where key.name.hasPrefix("auth.") && !key.isSecret {
            var settings = Settings()
            try key.assign(key.values(effective.settings), &settings)
            #expect(key.isSame(in: settings, as: effective.settings), "\(key.name)")
        }
        let parsed = try load("auth:\n  api_keys:\n    \(APIKeyLine.text(auth.apiKeys[0]))")
        #expect(parsed.settings.auth.apiKeys == auth.apiKeys)
    }

    @Test("the same can be said in the environment")
    func environment() throws {
        let settings = try SettingsLoader(environment: [
            "ROOST_AUTH_HMAC_SECRET": Self.secret,
            "ROOST_AUTH_ANONYMOUS": #"{subscribe: ["*"], publish: chat}"#,
        ]).load().settings
        #expect(settings.auth.anonymous?.wideOpen == [.subscribe, .history, .presence])
        #expect(settings.auth.secret == Self.secret)
    }

    @Test(
        "mistakes are told, and secrets are not",
        arguments: [
            ("auth: {hmac_secret: hunter2}", "auth.hmac_secret: the value is shorter than 32 bytes"),
            ("auth: {hmac_secret_file: /nowhere}", "auth.hmac_secret_file: the file '/nowhere' is not there"),
            ("auth: {jwks_file: /tmp}", "auth.jwks_file: the file '/tmp' is a folder"),
            ("auth: {public_key_file: /dev/null}", "there is no public key in it"),
            ("auth: {leeway: 301s}", "is more than 5m"),
            ("auth: {anonymous: {subscrib: x}}", "did you mean subscribe?"),
            ("auth: {anonymous: {admin: true}}", "unknown member"),
            ("auth: {anonymous: [x]}", "auth.anonymous: found a list"),
            ("auth: {api_keys: [{name: x}]}", "'hash' is missing"),
            ("auth: {api_keys: [{name: x, hash: hunter2}]}", "is no hash of an API key"),
        ])
    func mistakes(yaml: String, expected: String) {
        let problems = problems(yaml)
        #expect(problems.contains { $0.contains(expected) }, "\(problems)")
        #expect(!expected.contains("hmac_secret:") || problems.allSatisfy { !$0.contains("hunter2") })
    }

    @Test("a public listener without anybody to prove who they are is refused, with what would mend it")
    func unguarded() throws {
        let addresses = ["0.0.0.0:8080", "[::]:8080", "example.com:80"]
        for address in addresses {
            let found = problems("log: {level: info}", listen: address)
            #expect(found.count == 1)
            #expect(found.first?.contains("auth: {hmac_secret_file: /etc/roost/secret}") == true, "\(found)")
            #expect(found.first?.contains(#"auth: {anonymous: {subscribe: "*", publish: "*"}}"#) == true)
            for mended in [
                "auth: {hmac_secret: \(Self.secret)}", #"auth: {anonymous: {subscribe: "*", publish: "*"}}"#,
                "auth: {anonymous: {}}",
            ] {
                #expect(problems(mended, listen: address) == [])
            }
        }
        for address in ["127.0.0.1:1", "[::1]:1", "unix:/tmp/x"] {
            #expect(problems("log: {level: info}", listen: address) == [])
        }
    }

    @Test("what is risky is warned of")
    func warnings() throws {
        func warnings(_ yaml: String, listen: String = "127.0.0.1:0") throws -> [String] {
            try load(yaml, listen: listen).warnings.map(\.message)
        }
        #expect(try warnings("log: {level: info}") == [])
        #expect(try warnings("auth: {hmac_secret: \(Self.secret)}") == [])
        let risky = try warnings(
            """
            auth:
              anonymous: {publish: "**", subscribe: "a*"}
              require_expiry: false
            http: {origins: ["*"]}
            """, listen: "0.0.0.0:0")
        for name in [
            "auth.anonymous: everybody may publish", "auth.require_expiry", "http.origins", "listen: 0.0.0.0",
        ] {
            #expect(risky.count { $0.hasPrefix(name) } == 1, "\(name): \(risky)")
        }
    }

    @Test(
        "secrets that others can read are refused in files of their own, and warned of in the configuration")
    func modes() throws {
        let secret = try TemporaryFile(Self.secret + "\n")
        let yaml = "auth: {hmac_secret_file: \(secret.path)}"
        #expect(problems(yaml) == [])
        #expect(AccessKeys(try load(yaml).settings.auth).fixed.map(\.algorithm) == [.hs256])
        for mode in [0o640, 0o604, 0o620, 0o601] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: secret.path)
            #expect(problems(yaml).contains { $0.contains("chmod 600") })
        }
        let file = try TemporaryFile("auth: {hmac_secret: \(Self.secret)}")
        let loader = SettingsLoader(file: file.path)
        #expect(try loader.load().warnings == [])
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(try loader.load().warnings.map(\.message).contains { $0.contains("chmod 600") })
    }
}
