internal import CUV
internal import Glibc

/// Addresses of a host to listen on. Blocks while names are resolved: for start-up, not for a loop's thread.
enum HostLookup {
    /// Every IPv4 and IPv6 address of `host`, none twice.
    ///
    /// `localhost` is 127.0.0.1 and ::1 whatever the resolver says (RFC 6761, 6.3), so that what counts as loopback
    /// stays loopback.
    static func addresses(of host: String, port: UInt16) throws(ListenError) -> [SocketAddress] {
        let hosts = HostText.isLocalhost(host) ? ["127.0.0.1", "::1"] : [host]
        var found: [SocketAddress] = []
        for host in hosts { found += try resolve(host, port) }
        var seen: Set<String> = []
        return found.filter { address in address.numericHost.map { seen.insert($0).inserted } ?? false }
    }

    private static func resolve(_ host: String, _ port: UInt16) throws(ListenError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            let reason = unsafe String(cString: gai_strerror(status))
            throw ListenError(.tcp(host: host, port: port), "the host name is not known (\(reason))")
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next?.pointee {
            if let address = unsafe entry.ai_addr,
                let copy = unsafe SocketAddress(copying: address, length: entry.ai_addrlen),
                copy.family == AF_INET || copy.family == AF_INET6
            {
                addresses.append(copy)
            }
            unsafe next = entry.ai_next
        }
        return addresses
    }
}
