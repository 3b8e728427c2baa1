import ArgumentParser
import Bench

struct BenchConnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "Connections that are opened and dropped: the cost of a handshake.")

    @OptionGroup var options: BenchOptions

    @Option(help: "Where they enter: native (/ws) or plain.")
    var door = Door.native

    @Option(help: ArgumentHelp("How many handshakes are under way at a time.", valueName: "number"))
    var clients = 64

    func run() throws {
        let setting = try options.setting(door: door)
        try options.run { loop in
            try BenchOptions.checked { () throws(BenchError) in
                try ConnectRun(on: loop, setting, clients: clients)
            }
        }
    }
}
