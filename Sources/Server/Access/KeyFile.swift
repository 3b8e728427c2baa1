internal import Glibc

/// Reads files with keys.
enum KeyFile {
    /// Room for the largest key sets that there are.
    static let maximumSize = 256 << 10

    /// The whole file.
    /// - Parameter isSecret: nobody but its owner may be allowed to read it.
    /// - Throws: in words that follow the path.
    static func read(_ path: String, isSecret: Bool) throws(InvalidValue) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw InvalidValue(reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw InvalidValue("is a folder")
        }
        if isSecret, status.st_mode & 0o077 != 0 {
            throw InvalidValue("can be read or written by others than its owner; 'chmod 600' it")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw InvalidValue(reason(errno)) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= maximumSize else {
                throw InvalidValue("is larger than \(ByteSize.text(maximumSize))")
            }
        }
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "is not there"
        case EACCES: "cannot be read: permission denied"
        default: "cannot be read: error \(code)"
        }
    }
}
