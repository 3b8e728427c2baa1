import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct NotifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Notify a user of one thing, or of each line of standard input.",
        discussion: """
            A notification waits in the user's inbox until it is acknowledged or its time is up. It is text, sent as a \
            JSON string. Lines are sent in order; an empty line is a notification too. Exit status: 0 when the server \
            has acknowledged every notification, 1 when not, 2 for wrong usage.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The user.")
    var user: String

    @Argument(help: "The notification. Without it, each line of standard input is one.")
    var data: String?

    @Option(help: ArgumentHelp("The event's name (default: notification).", valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp("How long it waits: 90s, 15m, 1h, 7d. Default: the server's.", valueName: "time"))
    var ttl: DurationArgument?

    @Flag(help: "Notifications are JSON and are sent as that value.")
    var json = false

    func validate() throws {
        _ = try NameArgument.check(user, "user")
        _ = try timeToLive()
        if let event, !(1...NativeDecoder.maximumEventLength).contains(event.utf8.count) {
            throw ValidationError("--event must be 1 to \(NativeDecoder.maximumEventLength) bytes")
        }
        try MessageArgument.check(data, isJSON: json, "notification")
    }

    private func timeToLive() throws -> Int? {
        try ttl.map { try $0.seconds("--ttl", 1...NativeDecoder.maximumTimeToLive) }
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        var failure: ClientError?
        let session = try NotifySession(
            on: loop, client.settings(), user: NameArgument.check(user, "user"),
            NotifySession.Options(event: event, timeToLive: timeToLive()), input: PublishInput(isJSON: json),
            source: MessageArgument.source(data),
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
