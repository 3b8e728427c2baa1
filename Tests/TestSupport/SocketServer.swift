import Foundation
import Synchronization

/// A listening socket for tests: accepts one connection at a time on a thread of its own and hands it to `serve`,
/// which reads and writes blocking. TCP on a port the system chooses, or a unix socket.
public final class SocketServer: Sendable {
    /// 0 for a unix socket.
    public let port: UInt16
    private let descriptor: Int32
    private let isStopped = Mutex(false)

    public convenience init(_ serve: @escaping @Sendable (SocketPeer) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size)
            }
        }
        try self.init(descriptor, bound: bound, serve)
    }

    public convenience init(
        path: String, _ serve: @escaping @Sendable (SocketPeer) -> Void
    ) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            unsafe target.copyBytes(from: path.utf8.prefix(target.count - 1))
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, size)
            }
        }
        try self.init(descriptor, bound: bound, serve)
    }

    private init(_ descriptor: Int32, bound: Int32, _ serve: @escaping @Sendable (SocketPeer) -> Void) throws
    {
        guard descriptor >= 0, bound == 0, listen(descriptor, 16) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        port = address.sin_family == sa_family_t(AF_INET) ? UInt16(bigEndian: address.sin_port) : 0
        self.descriptor = descriptor
        Thread.detachNewThread { [self] in
            while true {
                let peer = accept(descriptor, nil, nil)
                if peer < 0 || isStopped.withLock({ $0 }) { break }
                serve(SocketPeer(peer))
                Glibc.close(peer)
            }
            Glibc.close(descriptor)
        }
    }

    /// Accepts no more. What is being served goes on.
    public func stop() {
        isStopped.withLock { $0 = true }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
