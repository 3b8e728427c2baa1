internal import CUV

/// One `getaddrinfo` on libuv's thread pool. Kept alive by libuv until its answer, cancelled or not.
@safe final class ByteStreamResolver {
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private let host: String
    private var answer: ((Result<[SocketAddress], LoopError>) -> Void)?

    /// Asks for the stream addresses of `host`, in the order in which the system wants them tried (RFC 6724).
    /// `answer` comes on the loop's thread, never during this call.
    init(
        on loop: EventLoop, host: String, port: UInt16,
        answer: @escaping (Result<[SocketAddress], LoopError>) -> Void
    ) throws(LoopError) {
        self.host = host
        self.answer = answer
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = unsafe uv_getaddrinfo(
            loop.loop, request,
            { request, status, list in
                guard let data = unsafe request?.pointee.data else { return }
                let resolver = unsafe Unmanaged<ByteStreamResolver>.fromOpaque(data).takeRetainedValue()
                unsafe resolver.received(status, list)
            }, host, String(port), &hints)
        guard status == 0 else {
            unsafe Unmanaged.passUnretained(self).release()
            throw LoopError(status, "cannot resolve '\(host)'")
        }
    }

    deinit { unsafe request.deallocate() }

    /// No answer will come.
    func cancel() {
        guard answer != nil else { return }
        answer = nil
        // Refused when a pool thread is at it already; then the answer comes and is dropped.
        unsafe request.withMemoryRebound(to: uv_req_t.self, capacity: 1) { _ = unsafe uv_cancel($0) }
    }

    private func received(_ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?) {
        defer { unsafe uv_freeaddrinfo(list) }
        guard let answer else { return }
        self.answer = nil
        guard status == 0 else { return answer(.failure(LoopError(status, "cannot resolve '\(host)'"))) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.ai_addr,
                let copy = unsafe SocketAddress(copying: address, length: entry.pointee.ai_addrlen)
            {
                addresses.append(copy)
            }
            unsafe next = entry.pointee.ai_next
        }
        answer(
            addresses.isEmpty
                ? .failure(LoopError(UV_ENOENT.rawValue, "cannot resolve '\(host)'")) : .success(addresses))
    }
}
