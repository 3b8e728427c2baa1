import EventLoop
import Foundation

/// A real redis-server of the test's own, on loopback, with its own folder.
public final class RedisServer {
    public struct Options: Sendable {
        /// The default user's password.
        public var password: String?
        /// Users as `ACL SETUSER` takes them: `alice on >secret allchannels +@all`.
        public var users: [String] = []
        /// With it, the port speaks TLS only.
        public var certificate: TestAuthority.Certificate?
        public var hasUnixSocket = false
        /// Further settings, one by one: `("maxclients", "10")`.
        public var settings: [(String, String)] = []

        public init() {}
    }

    public let port: UInt16
    /// There if `hasUnixSocket`.
    public let socketPath: String
    public var endpoint: StreamEndpoint { .tcp(host: "127.0.0.1", port: port) }

    private let options: Options
    private let folder: TemporaryFolder
    private var process: ChildProcess

    /// Starts a server and waits until it takes connections.
    public init(_ options: Options = Options()) throws {
        self.options = options
        let folder = try TemporaryFolder()
        self.folder = folder
        socketPath = folder.path("redis.sock")
        try Self.writeConfiguration(options, folder)
        // Somebody else may take the port between its choice and its use.
        var attempt = 0
        while true {
            let port = try FreePort.find()
            do {
                process = try Self.launch(port, options, folder)
                self.port = port
                return
            } catch {
                attempt += 1
                if attempt == 5 { throw error }
            }
        }
    }

    deinit {
        process.end(by: SIGKILL)
        folder.remove()
    }

    /// Ends it in good order: connections are closed.
    public func stop() { process.end(by: SIGTERM) }

    /// Ends it as a crash would.
    public func kill() { process.end(by: SIGKILL) }

    /// It stops answering, but its connections stay open.
    public func suspend() { process.send(SIGSTOP) }

    public func resume() { process.send(SIGCONT) }

    /// Starts it again on the same port, after `stop` or `kill`.
    public func restart() throws { process = try Self.launch(port, options, folder) }

    /// Runs redis-cli against it: an opinion other than our own client's.
    @discardableResult
    public func cli(_ arguments: String...) throws -> String {
        let login = options.password.map { ["--no-auth-warning", "-a", $0] } ?? []
        return try ChildProcess.run("redis-cli", ["-p", String(port)] + login + arguments)
            .trimmingCharacters(in: .newlines)
    }

    private static func writeConfiguration(_ options: Options, _ folder: TemporaryFolder) throws {
        var lines = ["bind 127.0.0.1", "save \"\"", "dir \(folder.path)", "daemonize no", "loglevel notice"]
        if let password = options.password { lines.append("requirepass \(password)") }
        lines += options.users.map { "user \($0)" }
        if options.hasUnixSocket { lines.append("unixsocket \(folder.path("redis.sock"))") }
        lines += options.settings.map { "\($0) \($1)" }
        try folder.write(lines.joined(separator: "\n") + "\n", to: "redis.conf")
    }

    private static func launch(
        _ port: UInt16, _ options: Options, _ folder: TemporaryFolder
    ) throws -> ChildProcess {
        var arguments = [folder.path("redis.conf")]
        if let certificate = options.certificate {
            arguments += [
                "--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no",
                "--tls-cert-file", certificate.certificateFile, "--tls-key-file", certificate.keyFile,
                "--tls-ca-cert-file", certificate.certificateFile,
            ]
        } else {
            arguments += ["--port", String(port)]
        }
        let log = folder.path("redis.log")
        let process = try ChildProcess("redis-server", arguments, outputFile: log)
        try Readiness.wait(for: "redis-server takes connections") {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            guard process.isRunning else { throw ChildProcess.Failure(description: text) }
            return text.contains("Ready to accept connections")
        }
        return process
    }
}
