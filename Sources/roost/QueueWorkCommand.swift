import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct QueueWorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work", abstract: "Work on the jobs of a queue.",
        discussion: """
            With --exec, a program is run for each job, with the job's data as its standard input and ROOST_QUEUE, \
            ROOST_JOB_ID and ROOST_JOB_ATTEMPT in its environment. The job is done when the program exits with 0; \
            otherwise it is tried again, after 1 s, 2 s, 4 s and so on, up to 5 min. Its lease is renewed while it \
            runs. Without --exec, each job's data is printed as a line, and the job is done when that is written.

            SIGINT or SIGTERM: no more jobs are taken, and the command ends when the running ones are done. A second \
            one gives them back. When the connection is lost, it is made again. Exit status: 0 when ended so, 1 for an \
            error or when the job of --once failed, 2 for wrong usage.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The queue.")
    var queue: String

    @Option(
        help: ArgumentHelp(
            "Unfinished jobs at a time, 1 to 1000. (default: 1 with --exec, else 10)", valueName: "number"))
    var credit: Int?

    @Option(help: ArgumentHelp("How long a job is this worker's unless it is renewed.", valueName: "time"))
    var lease = DurationArgument.seconds(60)

    @Flag(help: "End after one job.")
    var once = false

    @Flag(help: "Print whole jobs, one JSON object a line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say on standard error when the server knows of this worker.")
    var verbose = false

    @Option(
        parsing: .remaining,
        help: ArgumentHelp(
            "The program to run for each job, and its arguments; the last option.", valueName: "command"),
        completion: .file())
    var exec: [String] = []

    func validate() throws {
        _ = try NameArgument.check(queue, "queue")
        _ = try options()
        if json, !exec.isEmpty {
            throw ValidationError("--json is for jobs that are printed, not for --exec")
        }
        if exec.first?.isEmpty == true { throw ValidationError("--exec needs a program") }
    }

    private func options() throws -> WorkSession.Options {
        let credit = credit ?? (exec.isEmpty ? 10 : 1)
        guard 1...1000 ~= credit else { throw ValidationError("--credit must be from 1 to 1000") }
        return WorkSession.Options(
            credit: credit, lease: try lease.seconds("--lease", 1...86_400), isSingle: once)
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        try StandardError.fail(try exec.isEmpty ? printJobs(on: loop) : runCommands(on: loop))
    }

    private func runCommands(on loop: EventLoop) throws -> ClientError? {
        var failure: ClientError?
        let isVerbose = verbose
        let runner = CommandRunner(
            on: loop, try client.settings(), try NameArgument.check(queue, "queue"), try options(),
            command: exec,
            notice: StandardError.print,
            ready: { if isVerbose { StandardError.print("working") } },
            ended: { error in
                failure = error
                loop.stop()
            })
        let watches = try [SIGINT, SIGTERM].map { try SignalWatch(on: loop, $0) { runner.interrupt() } }
        runner.start()
        loop.run()
        for watch in watches { watch.close() }
        return failure
    }

    private func printJobs(on loop: EventLoop) throws -> ClientError? {
        let session = WorkSession(
            on: loop, try client.settings(), try NameArgument.check(queue, "queue"), try options())
        let printer = JobPrinter(session, isJSON: json, isVerbose: verbose, ended: { loop.stop() })
        session.delegate = printer
        var isInterrupted = false
        let watches = try [SIGINT, SIGTERM].map { number in
            try SignalWatch(on: loop, number) {
                if isInterrupted { printer.stop() } else { session.drain() }
                isInterrupted = true
            }
        }
        let output = try OutputWatch(on: loop, descriptor: STDOUT_FILENO) { printer.stop() }
        session.start()
        loop.run()
        output?.close()
        for watch in watches { watch.close() }
        return printer.failure
    }
}
