internal import Glibc

/// Where log lines go and how they look. Any thread may write; each line is one `write(2)`.
public struct LogOutput: Sendable {
    let descriptor: Int32
    let format: LogFormat
    /// The journal stamps lines itself, and reads a leading `<6>` as their priority (sd-daemon(3)).
    let isJournal: Bool

    init(descriptor: Int32, format: LogFormat, isJournal: Bool = false) {
        self.descriptor = descriptor
        self.format = format
        self.isJournal = isJournal
    }

    /// The process's standard error.
    /// - Parameter journalStream: the environment variable `JOURNAL_STREAM`, by which systemd says which file is a
    ///   connection to its journal (systemd.exec(5)).
    public static func standardError(format: LogFormat, journalStream: String? = nil) -> LogOutput {
        var status = stat()
        var isJournal = false
        if let journalStream, unsafe fstat(STDERR_FILENO, &status) == 0 {
            isJournal = journalStream == "\(status.st_dev):\(status.st_ino)"
        }
        return LogOutput(descriptor: STDERR_FILENO, format: format, isJournal: isJournal)
    }

    /// Writes a whole line, its end included.
    ///
    /// A line that cannot be written is dropped: there is nowhere to complain, and a full log must not stop a server.
    func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }

    /// Milliseconds since 1970, UTC.
    static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
