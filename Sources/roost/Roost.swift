import ArgumentParser
import Foundation
import Server

@main
struct Roost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost", abstract: "A self-hosted WebSocket chat and notification server on Redis.",
        version: Version.current,
        subcommands: [
            ServeCommand.self, CheckCommand.self, PublishCommand.self, SubscribeCommand.self,
            NotifyCommand.self, QueueCommand.self, TokenCommand.self, BenchCommand.self,
        ])

    /// As ArgumentParser does it, but wrong usage exits with 2, not with its 64.
    static func main() {
        do {
            var command = try parseAsRoot()
            ProcessTitle.hideValues(of: "--token")
            try command.run()
        } catch  where exitCode(for: error) == .validationFailure {
            FileHandle.standardError.write(Data("\(fullMessage(for: error))\n".utf8))
            Foundation.exit(2)
        } catch {
            exit(withError: error)
        }
    }
}
