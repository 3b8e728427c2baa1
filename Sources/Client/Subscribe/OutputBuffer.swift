import Glibc

/// Gathers what a command prints and writes it to a file descriptor in few pieces. Confined to one thread.
///
/// `flush` blocks while the reader is slow: a command that prints has nothing better to do.
public struct OutputBuffer: ~Copyable {
    /// Why output ended.
    public enum Failure: Error, Equatable {
        /// Nobody reads any more (`| head -1`): no fault, the command ends quietly.
        case readerGone
        /// The system's words.
        case failed(String)
    }

    public var bytes: [UInt8] = []
    private let descriptor: Int32

    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes everything. SIGPIPE must be ignored.
    public mutating func flush() throws(Failure) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                // In bounds: `written` is less than the count.
                unsafe write(
                    descriptor, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
            }
            if count >= 0 {
                written += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe Glibc.poll(&poll, 1, -1)
            case EPIPE: throw .readerGone
            case let code: throw .failed(unsafe String(cString: strerror(code)))
            }
        }
        bytes.removeAll(keepingCapacity: bytes.count <= 1 << 20)
    }
}
