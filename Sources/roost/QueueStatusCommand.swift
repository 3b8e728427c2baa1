import ArgumentParser
import Client
import EventLoop
import Glibc
import Wire

struct QueueStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how many jobs a queue has.",
        discussion: """
            Counts the jobs that are waiting, leased to a worker, delayed, dead (given up after too many attempts), and \
            how many have been done. Exit status: 0, 1 for an error, 2 for wrong usage.
            """)

    @OptionGroup var client: ClientOptions

    @Argument(help: "The queue.")
    var queue: String

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func validate() throws { _ = try NameArgument.check(queue, "queue") }

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        var result: Result<[UInt8], ClientError>?
        let request = QueueStatusRequest(
            on: loop, try client.settings(), try NameArgument.check(queue, "queue"))
        request.start { answer in
            result = answer
            loop.stop()
        }
        loop.run()
        do throws(ClientError) {
            var output = OutputBuffer(descriptor: STDOUT_FILENO)
            let body = try result?.get() ?? []
            output.bytes = json ? body + [0x0A] : Array(try QueueStatus.lines(body).utf8)
            do throws(OutputBuffer.Failure) {
                try output.flush()
            } catch {
                if let failure = ClientError.output(error) { throw failure }
            }
        } catch {
            try StandardError.fail(error)
        }
    }
}
