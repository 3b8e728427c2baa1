internal import CUV

/// The libuv socket of one connection attempt, and the connection that comes of it.
///
/// Forwards to `stream` until closed. Writes what the socket takes at once; the rest gathers here and goes out one
/// large write after another.
@safe final class ByteStreamHandle: LoopHandle {
    /// The owner. Not weak, as that slows every retain of the stream down: the stream closes this handle before it
    /// goes, at the latest in its `deinit`, and `close` forgets it.
    private unowned(unsafe) var stream: ByteStream?
    private let readBuffer: ReadBuffer
    private let connectRequest = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    private let writeRequest = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
    /// What libuv is writing now; nothing when `count` is 0.
    private var leaving = ByteStreamOutput()
    private var waiting = ByteStreamOutput()

    private var socket: UnsafeMutablePointer<uv_stream_t> {
        unsafe memory.assumingMemoryBound(to: uv_stream_t.self)
    }

    var unsentBytes: Int { isClosed ? 0 : unsafe uv_stream_get_write_queue_size(socket) + waiting.count }

    private init(_ type: uv_handle_type, on loop: EventLoop, for stream: ByteStream) {
        unsafe self.stream = stream
        readBuffer = loop.readBuffer
        super.init(type)
        unsafe connectRequest.pointee.data = nil
    }

    override func close() {
        unsafe stream = nil
        super.close()
    }

    deinit {
        unsafe connectRequest.deallocate()
        unsafe writeRequest.deallocate()
    }

    /// Starts connecting; `stream` hears the outcome, never during this call.
    static func connect(
        to address: SocketAddress, on loop: EventLoop, for stream: ByteStream
    ) throws(LoopError) -> ByteStreamHandle {
        let handle = ByteStreamHandle(UV_TCP, on: loop, for: stream)
        let tcp = unsafe handle.memory.assumingMemoryBound(to: uv_tcp_t.self)
        // Cannot fail: it makes no socket yet.
        unsafe uv_tcp_init(loop.loop, tcp)
        handle.adopt()
        // Both are kept as flags and set on the socket once there is one. Batches leave when they are complete, so
        // Nagle's waiting only delays; keepalive (60 s) finds peers that vanished.
        unsafe uv_tcp_nodelay(tcp, 1)
        unsafe uv_tcp_keepalive(tcp, 1, 60)
        let status = unsafe address.withPointer { address, _ in
            unsafe uv_tcp_connect(handle.connectRequest, tcp, address, connected)
        }
        guard status == 0 else {
            handle.close()
            throw LoopError(status, "cannot connect")
        }
        return handle
    }

    /// Starts connecting; `stream` hears the outcome, never during this call.
    static func connect(toPath path: String, on loop: EventLoop, for stream: ByteStream) -> ByteStreamHandle {
        let handle = ByteStreamHandle(UV_NAMED_PIPE, on: loop, for: stream)
        let pipe = unsafe handle.memory.assumingMemoryBound(to: uv_pipe_t.self)
        unsafe uv_pipe_init(loop.loop, pipe, 0)
        handle.adopt()
        unsafe uv_pipe_connect(handle.connectRequest, pipe, path, connected)
        return handle
    }

    func startReading() {
        guard !isClosed else { return }
        // Fails only on a socket that is not connected, whose end is told elsewhere.
        unsafe uv_read_start(
            socket,
            { socket, _, buffer in
                guard let handle = unsafe ByteStreamHandle.owner(socket) else { return }
                let memory = unsafe handle.readBuffer.memory
                unsafe buffer?.pointee = uv_buf_init(memory.baseAddress, UInt32(memory.count))
            },
            { socket, count, buffer in
                guard let handle = unsafe ByteStreamHandle.owner(socket), let stream = unsafe handle.stream
                else {
                    return
                }
                if count > 0, let buffer = unsafe buffer {
                    unsafe stream.socketReceived(
                        UnsafeRawBufferPointer(start: buffer.pointee.base, count: count))
                } else if count < 0 {
                    stream.socketEnded(count == Int(UV_EOF.rawValue) ? 0 : Int32(count))
                }
            })
    }

    func stopReading() {
        guard !isClosed else { return }
        unsafe uv_read_stop(socket)
    }

    /// Writes what the socket takes now and queues the rest. An error is told to `stream` later.
    func write(_ bytes: UnsafeRawBufferPointer) {
        guard !isClosed, let base = bytes.baseAddress, bytes.count > 0 else { return }
        guard leaving.count == 0 else { return unsafe waiting.append(bytes) }
        var buffer = unsafe uv_buf_t(
            base: UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: CChar.self),
            len: bytes.count)
        // A failure is left to `uv_write`, which meets it again and reports it from the loop, not from this call.
        let taken = max(0, Int(unsafe uv_try_write(socket, &buffer, 1)))
        guard taken < bytes.count else { return }
        unsafe waiting.append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
        writeWaiting()
    }

    private func writeWaiting() {
        swap(&leaving, &waiting)
        let bytes = unsafe leaving.bytes
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        var buffer = unsafe uv_buf_t(
            base: UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(to: CChar.self),
            len: bytes.count)
        let status = unsafe uv_write(writeRequest, socket, &buffer, 1) { request, status in
            guard let handle = unsafe ByteStreamHandle.owner(request?.pointee.handle) else { return }
            handle.written(status)
        }
        // Fails at once only for a handle that is not open.
        if status != 0 { leaving.removeAll() }
    }

    private func written(_ status: Int32) {
        leaving.removeAll()
        guard !isClosed, let stream = unsafe stream else { return }
        guard status == 0 else { return stream.socketEnded(status) }
        if waiting.count > 0 { writeWaiting() } else { stream.socketDrained() }
    }

    private static let connected: uv_connect_cb = { request, status in
        guard let handle = unsafe ByteStreamHandle.owner(request?.pointee.handle), !handle.isClosed else {
            return
        }
        guard let stream = unsafe handle.stream else { return }
        stream.socketConnected(status)
    }
}
