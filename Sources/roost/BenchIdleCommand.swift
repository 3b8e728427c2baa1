import ArgumentParser
import Bench

struct BenchIdleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Connections that do nothing: the memory that each takes.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Where they enter: native (/ws) or plain.")
    var door = Door.native

    @Option(help: ArgumentHelp("How many connections.", valueName: "number"))
    var connections = 10_000

    @Option(
        help: ArgumentHelp(
            "A channel that each subscribes to, at the native door. (default: none)", valueName: "name"))
    var channel: String?

    func run() throws {
        let setting = try options.setting(door: door)
        try options.run { loop in
            try BenchOptions.checked { () throws(BenchError) in
                try IdleRun(on: loop, setting, connections: connections, channel: channel)
            }
        }
    }
}
