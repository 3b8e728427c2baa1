import ArgumentParser
import Bench

struct BenchResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Clients that come back and get what they missed.",
        discussion: "The server must keep a history of the channel that is as long as --missed.")

    @OptionGroup var options: BenchOptions

    @Option(
        help: ArgumentHelp(
            "How many clients come back; --ramp says how many of them at a time.", valueName: "number"))
    var clients = 1_000

    @Option(help: ArgumentHelp("How many messages each of them missed.", valueName: "number"))
    var missed = 100

    @Option(help: ArgumentHelp("The channel.", valueName: "name"))
    var channel = "bench-resume"

    func run() throws {
        let setting = try options.setting(door: .native)
        try options.run { loop in
            try BenchOptions.checked { () throws(BenchError) in
                try ResumeRun(on: loop, setting, clients: clients, missed: missed, channel: channel)
            }
        }
    }
}
