import Glibc
import Testing

/// A file that goes with its owner.
final class TemporaryFile {
    let path: String

    init(_ bytes: some Sequence<UInt8>) throws {
        path = "/tmp/roost-test-\(getpid())-\(UInt64.random(in: 0 ... .max)).yaml"
        let bytes = Array(bytes)
        let file = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        try #require(unsafe write(file, bytes, bytes.count) == bytes.count)
    }

    convenience init(_ text: String) throws { try self.init(text.utf8) }

    deinit { unsafe unlink(path) }
}
