import ArgumentParser
import Foundation
import Server

/// The flags that settings have, for `roost serve` and `roost check`.
struct ServeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration file. (default: $ROOST_CONFIG)", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Where to listen: HOST:PORT, [IPV6]:PORT or unix:PATH, after tls: and proxy: where wanted. Repeatable. "
                + "(default: 127.0.0.1:8080)",
            valueName: "address"),
        completion: .list(["127.0.0.1:8080", "0.0.0.0:8080", "unix:", "tls:0.0.0.0:8443"]))
    var listen: [String] = []

    @Option(
        help: ArgumentHelp("The Redis to use instead of the memory broker.", valueName: "url"),
        completion: .list(["redis://127.0.0.1:6379", "rediss://", "redis+sentinel://", "unix:"]))
    var redis: String?

    @Option(
        help: ArgumentHelp("Worker threads; auto is one per core. (default: auto)", valueName: "number"),
        completion: .list(["auto"]))
    var workers: String?

    @Option(
        help: ArgumentHelp(
            "The folder with the pages shown at /; auto is Public, if there. (default: auto)",
            valueName: "folder"),
        completion: .directory)
    var `public`: String?

    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace to critical. (default: info)", valueName: "level"),
        completion: .list(["trace", "debug", "info", "notice", "warning", "error", "critical"]))
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "How long clients are told to go elsewhere when it ends: 10s, 0s. (default: 10s)",
            valueName: "time"))
    var drain: String?

    /// The settings of these flags, the environment and the file.
    ///
    /// Where they are wrong, says so on standard error, a line for each problem, and throws the exit code 2.
    func load() throws(ExitCode) -> EffectiveSettings {
        do throws(ConfigurationError) {
            return try read()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(2)
        }
    }

    /// The settings as they are now.
    func read() throws(ConfigurationError) -> EffectiveSettings {
        let flags = [
            "listen": listen, "redis.url": [redis].compactMap(\.self),
            "workers": [workers].compactMap(\.self),
            "public": [`public`].compactMap(\.self), "log.level": [logLevel].compactMap(\.self),
            "drain": [drain].compactMap(\.self),
        ]
        return try SettingsLoader(
            flags: flags, environment: ProcessInfo.processInfo.environment, file: config
        ).load()
    }
}
