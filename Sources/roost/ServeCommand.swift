import ArgumentParser
import Foundation
import Logging
import Server

/// `roost serve`: the daemon.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server.",
        discussion: """
            Without arguments it listens on 127.0.0.1:8080 and keeps its channels in memory. With --redis, channels are \
            Redis's. SIGTERM or SIGINT lets clients go in order, a second one ends it at once. Exits with 0 then, 1 if it \
            cannot start, 2 if the configuration is wrong.
            """)

    @OptionGroup var options: ServeOptions

    func run() throws {
        let effective = try options.load()
        let settings = effective.settings
        let level = LogLevel(settings.log.level)
        let output = LogOutput.standardError(
            format: settings.log.format, journalStream: ProcessInfo.processInfo.environment["JOURNAL_STREAM"])
        LoggingSystem.bootstrap { _ in LineLogHandler(output: output, level: level) }
        for warning in effective.warnings {
            Logger(label: "roost").warning("risky configuration", metadata: ["problem": "\(warning)"])
        }
        do throws(StartError) {
            let daemon = try Daemon(settings, level) { [options] () throws(ConfigurationError) in
                try options.read().settings
            }
            try daemon.run()
        } catch {
            FileHandle.standardError.write(Data("roost: \(error)\n".utf8))
            throw ExitCode(1)
        }
    }
}
