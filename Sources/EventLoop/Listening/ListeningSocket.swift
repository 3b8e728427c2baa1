internal import Glibc
import Synchronization

/// The sockets that listen on one address, for a given number of workers.
///
/// TCP: a socket of its own for each worker on the same port (`SO_REUSEPORT`, socket(7)), among which the kernel
/// divides connections; a host name with several addresses has such a set for each. Unix: one socket, which all
/// workers share. All are non-blocking and closed on `exec`. Thread-safe.
public final class ListeningSocket: Sendable {
    /// As it was asked for.
    public let address: ListenAddress

    /// What is listened on: addresses instead of a name, and the port that the system chose instead of 0.
    public let boundAddresses: [ListenAddress]

    /// One list per bound address: a descriptor for each worker, or one for all.
    private let descriptors: [[Int32]]
    private let file: UnixSocketFile?
    private let isClosed = Mutex(false)

    /// Connections that wait to be accepted, per socket; the system lowers it to `net.core.somaxconn`.
    static let backlog: Int32 = 4096

    /// Bytes that the system takes for a peer before they can be sent; what is on its way does not count.
    static let maximumUnsent: Int32 = 256 * 1024

    /// Binds and listens. Blocks while a host name is resolved.
    public init(on address: ListenAddress, workers: Int) throws(ListenError) {
        self.address = address
        switch address {
        case .tcp(let host, let port):
            let sets = try Self.openTCP(HostLookup.addresses(of: host, port: port), address, max(workers, 1))
            descriptors = sets.map(\.descriptors)
            boundAddresses = sets.map(\.address)
            file = nil
        case .unix(let path):
            let opened = try Self.openUnix(path)
            descriptors = [[opened.descriptor]]
            boundAddresses = [address]
            file = opened.file
        }
    }

    /// What worker number `index` (from 0) accepts connections from; borrowed, valid until `close()`.
    public func descriptors(forWorker index: Int) -> [Int32] {
        descriptors.map { $0.count == 1 ? $0[0] : $0[index] }
    }

    /// Stops listening and removes the file of a unix socket. Every `ReadinessPoll` on the descriptors must have been
    /// closed before.
    public func close() {
        let wasClosed = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return isClosed
        }
        guard !wasClosed else { return }
        file?.remove()
        for descriptor in descriptors.joined() { Glibc.close(descriptor) }
    }

    deinit { close() }
}
