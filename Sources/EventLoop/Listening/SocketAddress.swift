internal import CUV
internal import Glibc

/// An IPv4, IPv6 or unix socket address in the system's form.
@safe struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// A copy of the system's address; `nil` if it is longer than any address is.
    init?(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        guard Int(length) <= MemoryLayout<sockaddr_storage>.size else { return nil }
        self.length = length
        unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
    }

    /// The address of a unix socket; `nil` if the path is longer than `ListenAddress.maximumPathLength`.
    init?(path: String) {
        let bytes = Array(path.utf8)
        guard bytes.count <= ListenAddress.maximumPathLength else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { storage in
            unsafe withUnsafeBytes(of: address) { unsafe storage.copyMemory(from: $0) }
        }
    }

    /// A numeric IPv4 or IPv6 address; IPv6 may carry a zone (`fe80::1%eth0`). `nil` when `host` is a name.
    init?(numeric host: String, port: UInt16) {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isAddress = unsafe withUnsafeMutableBytes(of: &storage) { memory -> Bool in
            guard let base = memory.baseAddress else { return false }
            let port = Int32(port)
            return unsafe uv_ip4_addr(host, port, base.assumingMemoryBound(to: sockaddr_in.self)) == 0
                || uv_ip6_addr(host, port, base.assumingMemoryBound(to: sockaddr_in6.self)) == 0
        }
        guard isAddress else { return nil }
    }

    /// The address that `descriptor` is bound to.
    init?(boundTo descriptor: Int32) {
        length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutableBytes(of: &storage) { bytes in
            unsafe getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard status == 0 else { return nil }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    /// The TCP port, which lies at the same place for both families (RFC 3493, 3.3).
    var port: UInt16 {
        get {
            unsafe withUnsafeBytes(of: storage) {
                unsafe UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))
            }
        }
        set {
            unsafe withUnsafeMutableBytes(of: &storage) {
                unsafe $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
            }
        }
    }

    /// The host as digits, an IPv6 zone included; `nil` for a unix socket.
    var numericHost: String? {
        guard family == AF_INET || family == AF_INET6 else { return nil }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe withPointer { address, length in
            unsafe getnameinfo(address, length, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST)
        }
        guard status == 0 else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
