internal import CUV
internal import Glibc

/// The system calls that a listening socket takes to make, their failures as errors about the address asked for.
enum SocketCall {
    /// A non-blocking stream socket that is closed on `exec`.
    static func new(_ family: Int32, _ asked: ListenAddress) throws(ListenError) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(family, Int32(kind), 0)
        guard descriptor >= 0 else { throw ListenError(asked, code: errno) }
        return descriptor
    }

    static func bind(
        _ descriptor: Int32, to address: SocketAddress, _ asked: ListenAddress
    ) throws(ListenError) {
        let status = unsafe address.withPointer { unsafe Glibc.bind(descriptor, $0, $1) }
        guard status == 0 else { throw ListenError(asked, code: errno) }
    }

    /// Sets a socket option; unless another value is given, switches it on.
    static func set(
        _ option: Int32, _ level: Int32, to value: Int32 = 1, on descriptor: Int32, _ asked: ListenAddress
    ) throws(ListenError) {
        var value = value
        let status = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
        guard status == 0 else { throw ListenError(asked, code: errno) }
    }
}
