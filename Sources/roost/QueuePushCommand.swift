import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct QueuePushCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push", abstract: "Push one job, or one for each line of standard input.",
        discussion: """
            A job is text, pushed as a JSON string. Lines are pushed in order; an empty line is a job too. Exit \
            status: 0 when the server has acknowledged every job, 1 when not, 2 for wrong usage.
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
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        var failure: ClientError?
        let session = try PublishSession(
            on: loop, client.settings(), .queue(NameArgument.check(queue, "queue"), delay: delaySeconds()),
            input: PublishInput(isJSON: json), source: MessageArgument.source(data),
            notice: StandardError.print,
            ended: { error in
                failure = error
                loop.stop()
            })
        session.start()
        loop.run()
        try StandardError.fail(failure)
    }
}
