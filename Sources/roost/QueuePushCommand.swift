import ArgumentParser
import Client
import Wire

struct QueuePushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push one job, or one for each line of standard input.",
        discussion: """
            A job is text, pushed as a JSON string. Lines are pushed in order, each when it has come; an empty line is a \
            job too. A connection that is lost is made again, but jobs have no idempotency keys: to lose it with jobs \
            unacknowledged is a failure. SIGINT or SIGTERM: no more lines are read, and those that were are waited for. \
            Exit status: 0 when the server has acknowledged every job, 1 when not, 2 for wrong usage, 130 or 143 after a \
            signal.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The queue.")
    var queue: String

    @Argument(help: "The job. Without it, each line of standard input is one.")
    var data: String?

    @Option(help: ArgumentHelp("Hand it out only after this time: 5s, 10m, 2h.", valueName: "time"))
    var delay: DurationArgument?

    @Flag(help: "Jobs are JSON and are pushed as that value.")
    var json = false

    func validate() throws {
        _ = try NameArgument.check(queue, "queue")
        _ = try delaySeconds()
        try MessageArgument.check(data, isJSON: json, "job")
    }

    private func delaySeconds() throws -> Int {
        try delay?.seconds("--delay", 0...NativeDecoder.maximumTimeToLive) ?? 0
    }

    func run() throws {
        try SendingRun.run { environment in
            try PublishSession(
                on: environment.loop, client.settings(),
                .queue(NameArgument.check(queue, "queue"), delay: delaySeconds()),
                input: PublishInput(isJSON: json), source: MessageArgument.source(data),
                notice: environment.notice, ended: environment.ended)
        }
    }
}
