import ArgumentParser
import Client
import Glibc

/// What every command that talks to a server takes: flags first, then the environment.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The server: http://HOST[:PORT], https://HOST[:PORT] (ws:// and wss:// mean the same) or unix:/PATH. \
            (default: $ROOST_SERVER, or else \(ServerURL.standard))
            """,
            valueName: "url"),
        completion: .list([ServerURL.standard, "https://", "unix:/"]))
    var server: String?

    @Option(
        help: ArgumentHelp(
            """
            A PEM file of certification authorities to trust for https:// instead of the system's. \
            (default: $ROOST_CA)
            """,
            valueName: "file"),
        completion: .file(extensions: ["pem", "crt"]))
    var ca: String?

    @Option(
        help: ArgumentHelp(
            "The token to enter with. Others see it in the list of processes for a moment, but never $ROOST_TOKEN. (default: $ROOST_TOKEN)",
            valueName: "token"))
    var token: String?

    func validate() throws {
        let url = try url()
        _ = try checkedToken()
        if ca != nil, !url.usesTLS {
            throw ValidationError("--ca is for a server at https:// or wss://, and \(url) is none")
        }
    }

    func url() throws -> ServerURL {
        do throws(ServerURLError) {
            return try ServerURL(parsing: server ?? Self.environment("ROOST_SERVER") ?? ServerURL.standard)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func checkedToken() throws -> String? {
        guard let token = token ?? Self.environment("ROOST_TOKEN") else { return nil }
        guard WebSocketUpgrade.isValidToken(token) else {
            throw ValidationError("the token must be 1 to 8192 printable ASCII characters without spaces")
        }
        return token
    }

    /// The file of authorities; `nil` for the system's.
    var authorityFile: String? { ca ?? Self.environment("ROOST_CA") }

    func settings() throws -> WebSocketClient.Settings {
        var settings = WebSocketClient.Settings(url: try url(), token: try checkedToken())
        settings.authorityFile = authorityFile
        return settings
    }

    /// An environment variable; an empty one counts as not set.
    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
