import ArgumentParser
import Client
import Glibc

/// What every command that talks to a server takes: flags first, then the environment.
struct ClientOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The server: http://HOST[:PORT], https://HOST[:PORT] or unix:/PATH. Default: ROOST_SERVER, then \(ServerURL.standard).",
            valueName: "url"))
    var server: String?

    @Option(name: .long, help: "The token to enter with. Default: ROOST_TOKEN.")
    var token: String?

    func validate() throws {
        _ = try url()
        _ = try checkedToken()
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

    func settings() throws -> WebSocketClient.Settings {
        WebSocketClient.Settings(url: try url(), token: try checkedToken())
    }

    /// An environment variable; an empty one counts as not set.
    private static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }
}
