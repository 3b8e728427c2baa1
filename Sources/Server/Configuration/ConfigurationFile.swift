internal import Glibc

/// Reads the bytes of the configuration file.
enum ConfigurationFile {
    /// A configuration has a few KiB; this is room for thousands of rules.
    static let maximumSize = 1 << 20

    /// The whole file. Pipes work too (`--config <(envsubst < template)`).
    /// - Throws: one problem, about the file as a whole.
    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, errno) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= maximumSize else {
                throw problem(path, "the file is too large; accepted: up to \(ByteSize.text(maximumSize))")
            }
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> ConfigurationError {
        let reason =
            switch code {
            case ENOENT: "there is no such file"
            case EISDIR: "it is a folder"
            case EACCES: "permission denied"
            default: "error \(code)"
            }
        return problem(path, "cannot read the configuration: \(reason)")
    }

    private static func problem(_ path: String, _ message: String) -> ConfigurationError {
        ConfigurationError([SettingProblem(.file(path: path, line: 0, column: 0), message)])
    }
}
