import ArgumentParser
import Client
import Glibc

/// Lines for the user beside a command's output.
enum StandardError {
    /// Writes one line. A failure has nowhere to be reported to.
    static func print(_ line: String) {
        var output = OutputBuffer(descriptor: STDERR_FILENO)
        output.bytes = Array("roost: \(line)\n".utf8)
        try? output.flush()
    }

    /// Ends the command with exit status 1 and a line that says why, if there is a reason.
    static func fail(_ error: ClientError?) throws {
        guard let error else { return }
        print(error.description)
        throw ExitCode(1)
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
