import ArgumentParser

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Push jobs to a queue, work on them, or see how it stands.",
        subcommands: [QueuePushCommand.self, QueueWorkCommand.self, QueueStatusCommand.self])
}
