import ArgumentParser
import Client
import EventLoop
import Glibc

/// Runs a session that sends, to its end.
enum SendingRun {
    /// What a session is made with.
    struct Environment {
        let loop: EventLoop
        /// Hears what the user should know meanwhile.
        let notice: (String) -> Void
        /// Hears how it ended.
        let ended: (ClientError?) -> Void
    }

    /// - Throws: the exit status: 1 after a failure, which is said on standard error; 128 and the signal's number, as
    ///   shells have it, if a signal ended it before the input's end.
    static func run(_ make: (Environment) throws -> any SendingSession) throws {
        signal(SIGPIPE, SIG_IGN)
        let loop = try EventLoop()
        var failure: ClientError?
        var interruption: Int32?
        let session = try make(
            Environment(
                loop: loop, notice: StandardError.print,
                ended: { error in
                    failure = error
                    loop.stop()
                }))
        let watches = try [SIGINT, SIGTERM].map { number in
            try SignalWatch(on: loop, number) {
                interruption = number
                session.interrupt()
            }
        }
        session.start()
        loop.run()
        for watch in watches { watch.close() }
        guard let interruption else { return try StandardError.fail(failure) }
        if let failure { StandardError.print(failure.description) }
        throw ExitCode(128 + interruption)
    }
}
