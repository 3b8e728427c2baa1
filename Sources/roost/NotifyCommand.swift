import ArgumentParser
import Client
import Wire

struct NotifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Notify a user of one thing, or of each line of standard input.",
        discussion: """
            A notification waits in the user's inbox until it is acknowledged or its time is up. It is text, sent as a \
            JSON string. Lines are sent in order, each when it has come; an empty line is a notification too. When the \
            connection is lost, it is made again, and what was not acknowledged is sent again with the same idempotency \
            key, so that the user is notified once. SIGINT or SIGTERM: no more lines are read, and those that were are \
            waited for. Exit status: 0 when the server has acknowledged every notification, 1 when not, 2 for wrong \
            usage, 130 or 143 after a signal.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The user.")
    var user: String

    @Argument(help: "The notification. Without it, each line of standard input is one.")
    var data: String?

    @Option(help: ArgumentHelp("The event's name. (default: notification)", valueName: "name"))
    var event: String?

    @Option(
        help: ArgumentHelp(
            "How long it waits: 90s, 15m, 1h, 7d. (default: the server's inbox.ttl)", valueName: "time"))
    var ttl: DurationArgument?

    @Flag(help: "Notifications are JSON and are sent as that value.")
    var json = false

    func validate() throws {
        _ = try NameArgument.check(user, "user")
        _ = try timeToLive()
        try MessageArgument.check(event: event)
        try MessageArgument.check(data, isJSON: json, "notification")
    }

    private func timeToLive() throws -> Int? {
        try ttl.map { try $0.seconds("--ttl", 1...NativeDecoder.maximumTimeToLive) }
    }

    func run() throws {
        try SendingRun.run { environment in
            try NotifySession(
                on: environment.loop, client.settings(), user: NameArgument.check(user, "user"),
                NotifySession.Options(event: event, timeToLive: timeToLive()),
                input: PublishInput(isJSON: json), source: MessageArgument.source(data),
                notice: environment.notice, ended: environment.ended)
        }
    }
}
