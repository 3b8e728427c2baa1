import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct SubscribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe", abstract: "Print the messages of channels as they come.",
        discussion: """
            Prints each message's text and a line feed. A name with *, ? or [ is a pattern over channels, unless \
            --exact is given. When the connection is lost, it is made again; where a channel has a history, what was \
            missed meanwhile is printed before anything newer, each message once, and what cannot be had any more is \
            said on standard error. Ends on SIGINT or SIGTERM, or when every channel was stopped. Exit status: 0 when \
            ended so, 1 for an error, 2 for wrong usage.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: ArgumentHelp("The channels and patterns.", valueName: "channel|pattern"))
    var topics: [String]

    @Flag(help: "Print whole messages, one JSON object a line.")
    var json = false

    @Flag(help: "Names are channels, whatever characters they have.")
    var exact = false

    @Option(help: ArgumentHelp("End after so many messages.", valueName: "number"))
    var count: Int?

    @Flag(help: "Fail when the server cannot be reached or the connection is lost.")
    var noReconnect = false

    @Flag(name: .shortAndLong, help: "Say on standard error when the subscription is live.")
    var verbose = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
        _ = try checkedTopics()
    }

    private func checkedTopics() throws -> [Topic] {
        var checked: [Topic] = []
        for topic in topics {
            do throws(ChannelNameError) {
                let name = try ChannelName(validating: topic)
                let isPattern = !exact && name.bytes.contains { "*?[".utf8.contains($0) }
                let found: Topic = isPattern ? .pattern(name) : .channel(name)
                if !checked.contains(found) { checked.append(found) }
            } catch {
                throw ValidationError(error.description)
            }
        }
        return checked
    }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        let session = SubscribeSession(
            on: loop, try client.settings(), topics: try checkedTopics(), reconnects: !noReconnect)
        let printer = MessagePrinter(
            session, isJSON: json, limit: count, isVerbose: verbose, ended: { loop.stop() })
        session.delegate = printer
        let watches = try [SIGINT, SIGTERM].map { number in
            try SignalWatch(on: loop, number) { session.close() }
        }
        let output = try OutputWatch(on: loop, descriptor: STDOUT_FILENO) { printer.stop() }
        session.start()
        loop.run()
        output?.close()
        for watch in watches { watch.close() }
        try StandardError.fail(printer.failure)
    }
}
