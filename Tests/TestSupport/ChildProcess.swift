import Foundation

/// A program that a test runs, ended with the test.
///
/// By `posix_spawn`, as Foundation's `Process` waits for its children on run loops, and lets them inherit the sockets
/// of tests that run at the same time. Confined to the test's thread.
public final class ChildProcess {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let identifier: pid_t
    private var status: Int32?

    /// Starts `program`, found by PATH.
    /// - Parameter outputFile: gets standard output and error; dropped when `nil`.
    public convenience init(_ program: String, _ arguments: [String], outputFile: String? = nil) throws {
        let path = outputFile ?? "/dev/null"
        let output = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw Failure(description: "cannot write to \(path)") }
        defer { close(output) }
        try self.init(program, arguments, output: output)
    }

    private init(_ program: String, _ arguments: [String], output: Int32) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        // Not the sockets of other tests: a connection ends only when the last process that has it closes it.
        for descriptor in 3..<1024 as Range<Int32> {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // The test's thread may have signals blocked, which children inherit.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var identifier: pid_t = 0
        let error = unsafe posix_spawnp(&identifier, program, &actions, &attributes, &words, environ)
        guard error == 0 else {
            throw Failure(description: "cannot start \(program): \(unsafe String(cString: strerror(error)))")
        }
        self.identifier = identifier
    }

    deinit { end(by: SIGKILL) }

    public var isRunning: Bool {
        if status == nil { wait(WNOHANG) }
        return status == nil
    }

    /// Sends a signal; nothing once the process is gone.
    public func send(_ signal: Int32) {
        if isRunning { kill(identifier, signal) }
    }

    /// Ends it, and waits until it is gone. A process that is stopped takes `SIGKILL` only.
    public func end(by signal: Int32 = SIGTERM) {
        send(signal)
        wait(0)
    }

    private func wait(_ options: Int32) {
        guard status == nil else { return }
        var result: Int32 = 0
        while true {
            let found = unsafe waitpid(identifier, &result, options)
            if found == identifier { status = result }
            if found >= 0 || errno != EINTR { return }
        }
    }

    /// Runs a program to its end; what it printed.
    /// - Throws: `Failure` with its output when it exits with another status than 0.
    @discardableResult
    public static func run(_ program: String, _ arguments: [String]) throws -> String {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        defer { close(ends[0]) }
        let process: ChildProcess
        do {
            defer { close(ends[1]) }
            process = try ChildProcess(program, arguments, output: ends[1])
        }
        var output: [UInt8] = []
        let reader = SocketPeer(ends[0])
        while case let bytes = reader.read(), !bytes.isEmpty { output += bytes }
        process.wait(0)
        let text = String(decoding: output, as: UTF8.self)
        guard process.status == 0 else {
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")) failed: \(text)")
        }
        return text
    }
}
