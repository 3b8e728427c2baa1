import ArgumentParser
import Bench

struct BenchIngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Clients publish over /ws as fast as they are acknowledged; nobody listens.")

    @OptionGroup var options: BenchOptions

    @Option(help: ArgumentHelp("How many connections publish.", valueName: "number"))
    var clients = 1

    @Option(
        help: ArgumentHelp(
            "Publishes that each may have unanswered. (default: 1024 for one client, else 16)",
            valueName: "number"))
    var window: Int?

    @Option(help: ArgumentHelp("The channel they publish to.", valueName: "name"))
    var channel = "bench"

    @Option(help: ArgumentHelp("The length of each message's data.", valueName: "bytes"))
    var size = 100

    func run() throws {
        let setting = try options.setting(door: .native)
        let plan = try BenchOptions.checked { () throws(BenchError) in
            try IngestPlan(
                clients: clients, channel: channel, size: size, window: window ?? (clients == 1 ? 1024 : 16))
        }
        try options.run { IngestRun(on: $0, setting, plan) }
    }
}
