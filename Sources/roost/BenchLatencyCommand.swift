import ArgumentParser
import Bench

struct BenchLatencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "A light, steady load: the time from publish to receive.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var publishing: BenchPublishOptions

    @Option(help: ArgumentHelp("How many connections subscribe to the channel.", valueName: "number"))
    var subscribers = 10

    @Option(help: ArgumentHelp("Messages a second.", valueName: "number"))
    var rate: UInt64 = 100

    func run() throws {
        let setting = try options.setting(door: publishing.door)
        let plan = try publishing.plan(subscribers: subscribers, channels: 1, rate: rate, window: 1)
        try options.run { FanoutRun(on: $0, setting, plan) }
    }
}
