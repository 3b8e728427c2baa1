import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Publish one message, or each line of standard input.",
        discussion: """
            A message is text, published as a JSON string. Lines are published in order; an empty line is a message \
            too. Exit status: 0 when the server has acknowledged every message, 1 when not, 2 for wrong usage.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The channel.")
    var channel: String

    @Argument(help: "The message. Without it, each line of standard input is one.")
    var data: String?

    @Option(help: ArgumentHelp("The event's name (default: message).", valueName: "name"))
    var event: String?

    @Flag(help: "Messages are JSON and are published as that value.")
    var json = false

    func validate() throws {
        _ = try NameArgument.check(channel, "channel")
        if let event, !(1...NativeDecoder.maximumEventLength).contains(event.utf8.count) {
            throw ValidationError("--event must be 1 to \(NativeDecoder.maximumEventLength) bytes")
        }
        try MessageArgument.check(data, isJSON: json, "message")
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        var failure: ClientError?
        let session = try PublishSession(
            on: loop, client.settings(), .channel(NameArgument.check(channel, "channel"), event: event),
            input: PublishInput(isJSON: json),
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
