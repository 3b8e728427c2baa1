import ArgumentParser
import Client
import Wire

struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Publish one message, or each line of standard input.",
        discussion: """
            A message is text, published as a JSON string. Lines are published in order, each when it has come; an empty \
            line is a message too. When the connection is lost, it is made again, and what was not acknowledged is sent \
            again with the same idempotency keys, so that it is published once. SIGINT or SIGTERM: no more lines are \
            read, and those that were are waited for. Exit status: 0 when the server has acknowledged every message, 1 \
            when not, 2 for wrong usage, 130 or 143 after a signal.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The channel.")
    var channel: String

    @Argument(help: "The message. Without it, each line of standard input is one.")
    var data: String?

    @Option(help: ArgumentHelp("The event's name. (default: message)", valueName: "name"))
    var event: String?

    @Flag(help: "Messages are JSON and are published as that value.")
    var json = false

    @Flag(
        help: """
            Send nothing twice, and without idempotency keys, each of which the server keeps for 5 minutes: to lose the \
            connection with messages unacknowledged is then a failure.
            """)
    var noResend = false

    func validate() throws {
        _ = try NameArgument.check(channel, "channel")
        try MessageArgument.check(event: event)
        try MessageArgument.check(data, isJSON: json, "message")
    }

    func run() throws {
        try SendingRun.run { environment in
            try PublishSession(
                on: environment.loop, client.settings(),
                .channel(
                    NameArgument.check(channel, "channel"), event: event,
                    keys: noResend ? nil : IdempotencyKeys()),
                input: PublishInput(isJSON: json), source: MessageArgument.source(data),
                notice: environment.notice, ended: environment.ended)
        }
    }
}
