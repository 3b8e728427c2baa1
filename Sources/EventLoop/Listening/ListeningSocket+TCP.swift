internal import CUV
internal import Glibc

extension ListeningSocket {
    struct TCPSet {
        let address: ListenAddress
        let descriptors: [Int32]
    }

    /// One set for each address. With port 0 the first address's port goes for the others too.
    static func openTCP(
        _ addresses: [SocketAddress], _ asked: ListenAddress, _ workers: Int
    ) throws(ListenError) -> [TCPSet] {
        // A port that the system chose for one family may be taken in the other: then another is tried.
        var attemptsLeft = addresses.first?.port == 0 ? 16 : 1
        while true {
            attemptsLeft -= 1
            do throws(ListenError) {
                return try openOnce(addresses, asked, workers)
            } catch {
                guard error.code == EADDRINUSE, attemptsLeft > 0 else { throw error }
            }
        }
    }

    private static func openOnce(
        _ addresses: [SocketAddress], _ asked: ListenAddress, _ workers: Int
    ) throws(ListenError) -> [TCPSet] {
        var sets: [TCPSet] = []
        var port = addresses.first?.port ?? 0
        var missing = ListenError(asked, code: EADDRNOTAVAIL)
        do throws(ListenError) {
            for var address in addresses {
                address.port = port
                do throws(ListenError) {
                    let set = try open(address, asked, workers)
                    sets.append(set)
                    if case .tcp(_, let bound) = set.address { port = bound }
                } catch {
                    // A name may have addresses of a family that this machine does not use.
                    guard error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT else { throw error }
                    missing = error
                }
            }
            guard !sets.isEmpty else { throw missing }
        } catch {
            for descriptor in sets.flatMap(\.descriptors) { Glibc.close(descriptor) }
            throw error
        }
        return sets
    }

    private static func open(
        _ address: SocketAddress, _ asked: ListenAddress, _ workers: Int
    ) throws(ListenError) -> TCPSet {
        var descriptors: [Int32] = []
        do throws(ListenError) {
            // The first socket listens without SO_REUSEPORT: that fails if anyone listens on the port, another Roost
            // of the same user included, whom SO_REUSEPORT would let share. Only then are the others let in.
            let first = try openSocket(address, asked, sharing: false)
            descriptors.append(first)
            guard let bound = SocketAddress(boundTo: first), let host = bound.numericHost else {
                throw ListenError(asked, code: errno)
            }
            if workers > 1 {
                try SocketCall.set(SO_REUSEPORT, SOL_SOCKET, on: first, asked)
                while descriptors.count < workers {
                    descriptors.append(try openSocket(bound, asked, sharing: true))
                }
            }
            return TCPSet(address: .tcp(host: host, port: bound.port), descriptors: descriptors)
        } catch {
            for descriptor in descriptors { Glibc.close(descriptor) }
            throw error
        }
    }

    private static func openSocket(
        _ address: SocketAddress, _ asked: ListenAddress, sharing: Bool
    ) throws(ListenError) -> Int32 {
        let descriptor = try SocketCall.new(address.family, asked)
        do throws(ListenError) {
            // Without it a restarted server waits for the connections of its predecessor to leave TIME_WAIT.
            try SocketCall.set(SO_REUSEADDR, SOL_SOCKET, on: descriptor, asked)
            if sharing { try SocketCall.set(SO_REUSEPORT, SOL_SOCKET, on: descriptor, asked) }
            // [::] means IPv6 alone, whatever the system's bindv6only: 0.0.0.0 is an address of its own.
            if address.family == AF_INET6 {
                try SocketCall.set(IPV6_V6ONLY, Int32(IPPROTO_IPV6), on: descriptor, asked)
            }
            // Accepted sockets inherit it on Linux, which saves a system call for each.
            try SocketCall.set(TCP_NODELAY, Int32(IPPROTO_TCP), on: descriptor, asked)
            // And this one. Who does not read would otherwise be kept 4 MB in the system's memory, which all
            // connections of the machine share.
            try SocketCall.set(
                TCP_NOTSENT_LOWAT, Int32(IPPROTO_TCP), to: maximumUnsent, on: descriptor, asked)
            try SocketCall.bind(descriptor, to: address, asked)
            guard listen(descriptor, backlog) == 0 else { throw ListenError(asked, code: errno) }
            return descriptor
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }
}
