internal import CUV
internal import Glibc

/// The file of a listening unix socket: cleared of a dead predecessor before it is made, removed when it is done with.
struct UnixSocketFile: Sendable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Remembers which file was made by binding to `path`; `nil` if there is none.
    init?(boundAt path: String) {
        guard let status = Self.status(of: path) else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, unless someone else's has taken its place.
    func remove() {
        guard let status = Self.status(of: path), status.st_dev == device, status.st_ino == inode else {
            return
        }
        unsafe unlink(path)
    }

    /// Makes way for a new socket: removes a socket file on which nobody listens any more.
    /// - Throws: when somebody does, or when the file is not a socket.
    static func clear(_ path: String) throws(ListenError) {
        guard let status = status(of: path) else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError(.unix(path: path), "the file exists and is not a socket; choose another path")
        }
        let probe = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw ListenError(.unix(path: path), code: errno) }
        defer { close(probe) }
        let connected = unsafe SocketAddress(path: path)?.withPointer { unsafe connect(probe, $0, $1) }
        // Only a refusal proves that nobody is there: a full backlog (EAGAIN) is a living server, and a socket that
        // may not be opened (EACCES) belongs to someone.
        guard connected != 0, errno == ECONNREFUSED else {
            throw ListenError(.unix(path: path), code: connected == 0 || errno == EAGAIN ? EADDRINUSE : errno)
        }
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw ListenError(.unix(path: path), code: errno)
        }
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }
}
