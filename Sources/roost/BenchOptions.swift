import ArgumentParser
import Bench
import Client
import EventLoop
import Glibc

/// What every benchmark takes.
struct BenchOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Option(
        help: ArgumentHelp(
            "A process of the server, whose CPU and memory are measured. Repeatable.", valueName: "pid"))
    var serverPid: [Int32] = []

    @Option(
        help: ArgumentHelp("A file that holds such a process's number. Repeatable.", valueName: "file"),
        completion: .file())
    var pidFile: [String] = []

    @Option(help: ArgumentHelp("How long to measure: 500ms, 10s, 2m.", valueName: "time"))
    var duration = DurationArgument.seconds(10)

    @Option(help: ArgumentHelp("How long to run before measuring.", valueName: "time"))
    var warmUp = DurationArgument.seconds(2)

    @Option(help: ArgumentHelp("How many connections may be on their way at a time.", valueName: "number"))
    var ramp = 100

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func setting(door: Door) throws -> BenchSetting {
        var processes = serverPid
        for path in pidFile {
            guard let number = ProcessUsage.processNumber(inFile: path) else {
                throw ValidationError("--pid-file \(path): cannot be read, or does not hold a process number")
            }
            processes.append(number)
        }
        let target = Target(
            url: try client.url(), token: try client.checkedToken(), door: door,
            authorityFile: client.authorityFile)
        return try Self.checked { () throws(BenchError) in
            try BenchSetting(
                target: target, processes: processes, warmUp: warmUp.milliseconds,
                duration: duration.milliseconds,
                ramp: ramp)
        }
    }

    /// Runs a scenario and prints its figures.
    func run(_ make: (EventLoop) throws -> any BenchRun) throws {
        let progress: ((String) -> Void)? = StandardError.isTerminal ? { StandardError.print($0) } : nil
        let report: BenchReport
        do {
            report = try BenchDriver.run(progress: progress, make: make)
        } catch let error as BenchError {
            StandardError.print(error.description)
            throw ExitCode(1)
        }
        var output = OutputBuffer(descriptor: STDOUT_FILENO)
        output.bytes = json ? report.json + [0x0A] : Array(report.table.utf8)
        try? output.flush()
    }

    /// A refused setting is wrong usage.
    static func checked<Plan>(_ make: () throws(BenchError) -> Plan) throws -> Plan {
        do throws(BenchError) {
            return try make()
        } catch {
            throw ValidationError(error.description)
        }
    }
}

extension Door: ExpressibleByArgument {}
extension FanoutPlan.Payload: ExpressibleByArgument {}
