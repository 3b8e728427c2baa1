import Access
import ArgumentParser
import Client
import Glibc
import Server
import Wire

/// `roost token`: writes tokens, and API keys, that this server's configuration lets in.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a token for a user, or an API key for a back end.",
        discussion: """
            A token is signed with the secret of the configuration (auth.hmac_secret, auth.hmac_secret_file), or with a \
            private key. An API key is random: the line for the configuration goes to standard output below it, and the \
            server keeps its hash only.

              roost token --user alice --subscribe 'room:*' --publish room:42
              roost token --api-key mailer --queues 'mail.*' --inbox '*'
            """)

    @Option(help: ArgumentHelp("The configuration file. (default: $ROOST_CONFIG)", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Whose token it is.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("Make an API key of this name instead.", valueName: "name"))
    var apiKey: String?

    @OptionGroup(title: "Permissions") var permissions: PermissionOptions

    @Option(help: ArgumentHelp("How long the token holds: 10m, 1h, 30d.", valueName: "time"))
    var ttl: DurationArgument = .seconds(3600)

    @Option(
        help: ArgumentHelp(
            "A PEM file with the private key to sign with, instead of the secret.", valueName: "file"))
    var privateKey: String?

    func validate() throws {
        switch (user, apiKey) {
        case (let user?, nil): _ = try NameArgument.check(user, "user")
        case (nil, _?): guard privateKey == nil else { throw ValidationError("an API key is not signed") }
        default: throw ValidationError("either --user or --api-key must be given, and not both")
        }
        guard ttl.milliseconds >= 1_000 else { throw ValidationError("--ttl must be at least 1s") }
        _ = try permissions.permissions()
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let permissions = try permissions.permissions()
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        if let apiKey {
            let key = APIKey()
            let rule = APIKeyRule(name: apiKey, hash: key.hash, permissions: permissions)
            output.bytes = Array("\(key.text)\n\(APIKeyLine.text(rule))\n".utf8)
        } else {
            let options = try ServeOptions.parse(config.map { ["--config", $0] } ?? [])
            let auth = try options.load().settings.auth
            let minter = TokenMinter(try signingKey(auth), auth.rules)
            let token = try minter.mint(
                user: try NameArgument.check(user ?? "", "user"), permissions: permissions,
                now: Int64(time(nil)), lifetime: Int64(ttl.milliseconds / 1_000))
            output.bytes = Array("\(token)\n".utf8)
        }
        try output.flush()
    }

    private func signingKey(_ auth: Settings.Auth) throws -> TokenKey {
        do throws(SigningKeyError) {
            return try SigningKey.find(auth, privateKey: privateKey)
        } catch {
            StandardError.print(error.description)
            throw ExitCode(2)
        }
    }
}
