import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Generate load and measure the server.",
        discussion: """
            Latency is measured from the moment a message was due, so that a stall shows in full. Each message is \
            numbered: losses, duplicates and disorder are counted for each subscriber.
            """,
        subcommands: [
            BenchFanoutCommand.self, BenchLatencyCommand.self, BenchIngestCommand.self, BenchIdleCommand.self,
            BenchConnectCommand.self, BenchResumeCommand.self,
        ])
}
