import Glibc

@testable import EventLoop

/// A socket that closes with its owner.
final class Descriptor {
    let value: Int32

    init(owning value: Int32) { self.value = value }

    /// A connection, made before this returns.
    init(connectingTo address: ListenAddress) throws {
        let socketAddress = try Self.socketAddress(address)
        value = socket(socketAddress.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = unsafe socketAddress.withPointer { unsafe connect(value, $0, $1) }
        guard status == 0 else { throw LoopError(-errno, "cannot connect to \(address)") }
    }

    /// A unix socket whose file stays behind, as that of a server that died.
    init(listeningAt path: String) throws {
        let socketAddress = try Self.socketAddress(.unix(path: path))
        value = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let status = unsafe socketAddress.withPointer { unsafe bind(value, $0, $1) }
        guard status == 0, listen(value, 1) == 0 else { throw LoopError(-errno, "cannot listen at \(path)") }
    }

    deinit { close(value) }

    private static func socketAddress(_ address: ListenAddress) throws -> SocketAddress {
        let found =
            switch address {
            case .tcp(let host, let port): try HostLookup.addresses(of: host, port: port).first
            case .unix(let path): SocketAddress(path: path)
            }
        guard let found else { throw LoopError(message: "no such address: \(address)") }
        return found
    }
}
