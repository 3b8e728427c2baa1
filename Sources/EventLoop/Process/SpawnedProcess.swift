import CRoost
internal import CUV
internal import Glibc

/// A program run beside this one, in a session of its own: a terminal's Ctrl-C does not reach it. Standard output and
/// error are this process's. Confined to the loop's thread.
///
/// It goes on when this object is let go of.
public final class SpawnedProcess {
    /// How a program ended.
    public enum End: Equatable, Sendable {
        case status(Int64)
        case signal(Int32)
    }

    private let process: ProcessHandle

    /// Starts a program, found as a shell finds it.
    /// - Parameters:
    ///   - arguments: the program and what it is given; not empty.
    ///   - variables: added to this process's environment.
    ///   - input: what it reads from standard input.
    ///   - ended: called once, never during this call.
    public init(
        on loop: EventLoop, _ arguments: [String], variables: [String: String], input: [UInt8],
        ended: @escaping (End) -> Void
    ) throws(LoopError) {
        // A file in memory, not a pipe: it can be written at once, and nobody minds if it is not read.
        let file = try Self.memoryFile(holding: input)
        defer { Glibc.close(file) }
        process = ProcessHandle(ended)
        try process.spawn(on: loop, arguments, try Self.environment(adding: variables), standardInput: file)
    }

    /// Sends a signal to the program and to what it has started itself, unless it has ended.
    public func signal(_ number: Int32) { process.signal(number) }

    private static func memoryFile(holding bytes: [UInt8]) throws(LoopError) -> Int32 {
        let file = roost_memory_file()
        guard file >= 0 else { throw LoopError(-errno, "cannot make a file in memory") }
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                // In bounds: `written` is less than the count.
                unsafe write(file, bytes.baseAddress.map { unsafe $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = LoopError(-errno, "cannot write to a file in memory")
                Glibc.close(file)
                throw error
            }
            written += count
        }
        lseek(file, 0, SEEK_SET)
        return file
    }

    /// `NAME=value` for each variable.
    private static func environment(adding variables: [String: String]) throws(LoopError) -> [String] {
        var items: UnsafeMutablePointer<uv_env_item_t>?
        var count: Int32 = 0
        let status = unsafe uv_os_environ(&items, &count)
        guard status == 0, let items = unsafe items else {
            throw LoopError(status, "cannot read the environment")
        }
        defer { unsafe uv_os_free_environ(items, count) }
        var lines: [String] = []
        for index in 0..<Int(count) {
            let name = unsafe String(cString: items[index].name)
            if variables[name] == nil {
                lines.append("\(name)=\(unsafe String(cString: items[index].value))")
            }
        }
        return lines + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}

private final class ProcessHandle: LoopHandle {
    private let ended: (SpawnedProcess.End) -> Void

    private var process: UnsafeMutablePointer<uv_process_t> {
        unsafe memory.assumingMemoryBound(to: uv_process_t.self)
    }

    init(_ ended: @escaping (SpawnedProcess.End) -> Void) {
        self.ended = ended
        super.init(UV_PROCESS)
    }

    func spawn(
        on loop: EventLoop, _ arguments: [String], _ environment: [String], standardInput: Int32
    ) throws(LoopError) {
        var streams = unsafe [uv_stdio_container_t](repeating: uv_stdio_container_t(), count: 3)
        for (index, descriptor) in [standardInput, STDOUT_FILENO, STDERR_FILENO].enumerated() {
            unsafe streams[index].flags = UV_INHERIT_FD
            unsafe streams[index].data.fd = descriptor
        }
        var texts = unsafe Self.texts(arguments)
        var variables = unsafe Self.texts(environment)
        defer {
            for index in unsafe texts.indices { unsafe free(texts[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        var options = unsafe uv_process_options_t()
        unsafe options.exit_cb = { process, status, signal in
            guard let owner = unsafe ProcessHandle.owner(process) else { return }
            owner.close()
            owner.ended(signal == 0 ? .status(status) : .signal(signal))
        }
        unsafe options.flags = UV_PROCESS_DETACHED.rawValue
        unsafe options.file = unsafe UnsafePointer(texts[0])
        unsafe options.stdio_count = Int32(streams.count)
        let status = unsafe texts.withUnsafeMutableBufferPointer { texts in
            unsafe variables.withUnsafeMutableBufferPointer { variables in
                unsafe streams.withUnsafeMutableBufferPointer { streams in
                    unsafe options.args = texts.baseAddress
                    unsafe options.env = variables.baseAddress
                    unsafe options.stdio = streams.baseAddress
                    return unsafe uv_spawn(loop.loop, process, &options)
                }
            }
        }
        // Whether it succeeded or not, the loop knows the handle.
        adopt()
        guard status == 0 else {
            close()
            throw LoopError(status, "cannot run \(arguments[0])")
        }
    }

    func signal(_ number: Int32) {
        guard !isClosed else { return }
        // It leads a process group, whose number is its own.
        kill(-(unsafe process.pointee.pid), number)
    }

    /// C strings with an end, to be freed.
    private static func texts(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}
