internal import Glibc

/// How many files, sockets included, this process may have open (`RLIMIT_NOFILE`, getrlimit(2)).
public struct FileLimit: Hashable, Sendable {
    /// The limit in force.
    public let soft: Int

    /// As far as an unprivileged process may raise it.
    public let hard: Int

    /// What `raise` asks for unless told more. Libraries make tables of the limit's size, and Debian's libwebsockets
    /// (a build with assertions) looks through its table at every close: 13 µs at 20,000, 40 µs at this.
    public static let enough = 1 << 16

    init(soft: Int, hard: Int) {
        self.soft = soft
        self.hard = hard
    }

    public static func current() throws(LoopError) -> FileLimit {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw LoopError(-errno, "cannot read the limit of open files")
        }
        return FileLimit(soft: Int(clamping: limit.rlim_cur), hard: Int(clamping: limit.rlim_max))
    }

    /// Raises the soft limit to the hard one, or to `wanted` if that is less, and tells what is in force then.
    ///
    /// Never lowers it. Affects the whole process: call it once, at the start.
    public static func raise(to wanted: Int = enough) throws(LoopError) -> FileLimit {
        let before = try current()
        let wanted = min(before.hard, wanted)
        guard wanted > before.soft else { return before }
        var limit = rlimit(rlim_cur: rlim_t(wanted), rlim_max: rlim_t(before.hard))
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            throw LoopError(-errno, "cannot raise the limit of open files from \(before.soft) to \(wanted)")
        }
        return FileLimit(soft: wanted, hard: before.hard)
    }

    /// How many client connections the limit leaves room for, 0 if not even for the server's own files.
    ///
    /// Set aside: 64 for the process (logs, static files being sent), 32 for each worker (epoll, wake-ups,
    /// listening sockets, broker connections), and those for `refused`.
    public func connections(workers: Int) -> Int { max(0, soft - Self.reserve(workers) - refused) }

    /// How many sockets may be open besides of clients that were turned away and have not noticed yet.
    public var refused: Int { min(Self.maximumRefused, soft / Self.refusedShare) }

    /// The limit that leaves room for so many client connections.
    public static func files(connections: Int, workers: Int) -> Int {
        let others = connections + reserve(workers)
        return others + min(maximumRefused, others / (refusedShare - 1) + 1)
    }

    private static let maximumRefused = 1_024
    /// One file of so many.
    private static let refusedShare = 64

    private static func reserve(_ workers: Int) -> Int { 64 + 32 * workers }
}
