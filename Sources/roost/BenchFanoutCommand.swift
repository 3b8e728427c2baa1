import ArgumentParser
import Bench

struct BenchFanoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout", abstract: "Many subscribers, few publishers: the cost and time of a delivery.")

    @OptionGroup var options: BenchOptions
    @OptionGroup var publishing: BenchPublishOptions

    @Option(help: ArgumentHelp("How many connections subscribe, each to one channel.", valueName: "number"))
    var subscribers = 1000

    @Option(help: ArgumentHelp("How many channels they are spread over.", valueName: "number"))
    var channels = 1

    @Option(help: ArgumentHelp("Messages a second, over all channels.", valueName: "number"))
    var rate: UInt64 = 150

    @Flag(help: "Publish as fast as --window allows, instead of --rate.")
    var saturate = false

    @Option(
        help: ArgumentHelp(
            "With --saturate: messages outstanding, not received by all their subscribers yet.",
            valueName: "number"))
    var window = 256

    func run() throws {
        let setting = try options.setting(door: publishing.door)
        let plan = try publishing.plan(
            subscribers: subscribers, channels: channels, rate: saturate ? nil : rate, window: window)
        try options.run { FanoutRun(on: $0, setting, plan) }
    }
}
