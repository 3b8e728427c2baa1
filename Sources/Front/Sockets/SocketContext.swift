import CWebSockets
import EventLoop
import Glibc
import Logging
import Synchronization

/// One worker's libwebsockets context on the worker's loop: the only place where libwebsockets is spoken to.
///
/// Sockets are accepted elsewhere and adopted in the raw-socket role: libwebsockets watches, reads, writes and
/// closes them; HTTP and WebSocket are decoded above it (README.md, "Design", says why). Confined to the loop's
/// thread.
@safe final class SocketContext {
    /// A socket that libwebsockets has adopted. Valid until `socketClosed`.
    @safe struct Socket {
        fileprivate let instance: OpaquePointer
    }

    enum WriteOutcome {
        case sent
        /// Taken, but the socket is full: write no more before `socketWritable`.
        case blocked
        case failed
    }

    /// Bytes per read, and so the most that one event hands over.
    static let readSize = 64 * 1024

    private let context: OpaquePointer
    private let virtualHost: OpaquePointer
    /// Read by libwebsockets for as long as the context lives.
    private let protocols: UnsafeMutablePointer<lws_protocols>
    private let name: UnsafeMutablePointer<CChar>
    /// Retained for the context, which hands it to the callback.
    private let sink: Unmanaged<EventSink>

    /// Contexts are made one at a time: in there libwebsockets loads its event-loop plugin and sets up OpenSSL.
    private static let creation = Mutex(())

    /// - Parameter events: held weakly by nothing: it must outlive the context's sockets; `close` lets go of it.
    init(on loop: EventLoop, events: any SocketEvents) throws(LoopError) {
        let sink = unsafe Unmanaged.passRetained(EventSink(events))
        let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 2)
        unsafe protocols.initialize(repeating: lws_protocols(), count: 2)
        let name: UnsafeMutablePointer<CChar> = unsafe strdup("roost")
        unsafe protocols[0].name = UnsafePointer(name)
        unsafe protocols[0].callback = socketCallback
        // Each write goes out as one send; what the socket does not take of it libwebsockets keeps.
        unsafe protocols[0].tx_packet_size = Int(Int32.max) / 2

        var pair: (context: OpaquePointer, virtualHost: OpaquePointer)?
        Self.creation.withLock { _ in
            unsafe lws_set_log_level(Int32(LLL_ERR), logCallback)
            var info = unsafe lws_context_creation_info()
            unsafe info.port = CONTEXT_PORT_NO_LISTEN_SERVER
            unsafe info.protocols = UnsafePointer(protocols)
            unsafe info.gid = -1
            unsafe info.uid = -1
            unsafe info.pt_serv_buf_size = UInt32(Self.readSize)
            unsafe info.options = UInt64(LWS_SERVER_OPTION_LIBUV) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
            unsafe info.user = sink.toOpaque()
            var foreign: UnsafeMutableRawPointer? = unsafe loop.foreignPointer
            unsafe withUnsafeMutablePointer(to: &foreign) { foreign in
                unsafe info.foreign_loops = foreign
                guard let context = unsafe lws_create_context(&info) else { return }
                guard let virtualHost = unsafe lws_create_vhost(context, &info) else {
                    return unsafe lws_context_destroy(context)
                }
                unsafe pair = (context, virtualHost)
            }
        }
        guard let pair = unsafe pair else {
            unsafe sink.release()
            unsafe protocols.deallocate()
            unsafe free(name)
            throw LoopError(
                message: "libwebsockets cannot start; is the package libwebsockets-evlib-uv installed?")
        }
        unsafe context = pair.context
        unsafe virtualHost = pair.virtualHost
        unsafe self.protocols = protocols
        unsafe self.name = name
        unsafe self.sink = sink
    }

    /// Takes over an accepted socket, which is closed if that fails. Events carry `slot`.
    func adopt(descriptor: Int32, slot: UInt32) -> Socket? {
        var description = unsafe lws_adopt_desc()
        unsafe description.vh = virtualHost
        unsafe description.type = LWS_ADOPT_SOCKET
        unsafe description.fd.sockfd = descriptor
        // 0 would be "none".
        unsafe description.opaque = UnsafeMutableRawPointer(bitPattern: UInt(slot) + 1)
        return unsafe lws_adopt_descriptor_vhost_via_info(&description).map { unsafe Socket(instance: $0) }
    }

    /// Writes bytes at once, in one send; the socket must not be blocked.
    func write(_ bytes: Span<UInt8>, to socket: Socket) -> WriteOutcome {
        let written = unsafe bytes.withUnsafeBufferPointer { bytes in
            // lws_write takes a mutable pointer for protocols that frame in place; the raw role only reads.
            unsafe lws_write(
                socket.instance, UnsafeMutablePointer(mutating: bytes.baseAddress), bytes.count,
                LWS_WRITE_HTTP)
        }
        guard written >= 0 else { return .failed }
        return unsafe lws_partial_buffered(socket.instance) == 0 ? .sent : .blocked
    }

    /// Stops or resumes reading.
    func setReading(_ isOn: Bool, _ socket: Socket) {
        unsafe lws_rx_flow_control(socket.instance, isOn ? 1 : 0)
    }

    /// A descriptor of its own for a socket, which outlives it here; `nil` when there are no more to be had.
    func duplicate(_ socket: Socket) -> Int32? {
        let descriptor = unsafe fcntl(lws_get_socket_fd(socket.instance), F_DUPFD_CLOEXEC, 0)
        return descriptor < 0 ? nil : descriptor
    }

    /// Ends the connection when what was sent is not acknowledged for so many milliseconds (RFC 5482).
    func setUserTimeout(_ milliseconds: UInt64, _ socket: Socket) {
        var value = CInt(clamping: milliseconds)
        unsafe setsockopt(
            lws_get_socket_fd(socket.instance), CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, &value,
            socklen_t(MemoryLayout<CInt>.size))
    }

    /// Ends the sending side; the peer sees the end of the stream behind what was written.
    func shutdownWrite(_ socket: Socket) {
        unsafe shutdown(lws_get_socket_fd(socket.instance), Int32(SHUT_WR))
    }

    /// Closes at once; `socketClosed` is called before this returns. Not from inside an event of the same socket:
    /// there, return false instead.
    func kill(_ socket: Socket) {
        unsafe lws_set_timeout(socket.instance, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC)
    }

    /// No event comes any more. Every socket must be gone.
    ///
    /// libwebsockets' own context is left to the process's end: destroyed on a loop that is not its own, 4.1 closes the
    /// descriptor by which it is woken up twice, at once and at the end of the loop's turn, and in between it may have become
    /// another thread's.
    func close() { unsafe sink.takeUnretainedValue().events = nil }
}

/// What the context's callback reaches the worker by.
private final class EventSink {
    var events: (any SocketEvents)?

    init(_ events: any SocketEvents) { self.events = events }
}

/// The one entry from libwebsockets. Returning -1 closes the socket.
private func socketCallback(
    instance: OpaquePointer?, reason: lws_callback_reasons, user: UnsafeMutableRawPointer?,
    bytes: UnsafeMutableRawPointer?, count: Int
) -> Int32 {
    switch reason {
    case LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_WRITEABLE, LWS_CALLBACK_RAW_CLOSE: break
    default: return 0
    }
    guard let sink = unsafe lws_context_user(lws_get_context(instance)),
        let events = unsafe Unmanaged<EventSink>.fromOpaque(sink).takeUnretainedValue().events
    else { return 0 }
    let tag = unsafe UInt(bitPattern: lws_get_opaque_user_data(instance))
    guard tag != 0 else { return 0 }
    let slot = UInt32(tag - 1)
    switch reason {
    case LWS_CALLBACK_RAW_RX:
        let buffer = unsafe UnsafeMutableBufferPointer(
            start: bytes?.assumingMemoryBound(to: UInt8.self), count: count)
        var span = unsafe MutableSpan(_unsafeElements: buffer)
        return events.socketReceived(slot: slot, &span) ? 0 : -1
    case LWS_CALLBACK_RAW_WRITEABLE:
        return events.socketWritable(slot: slot) ? 0 : -1
    default:
        events.socketClosed(slot: slot)
        return 0
    }
}

private func logCallback(level: Int32, line: UnsafePointer<CChar>?) {
    guard let line = unsafe line else { return }
    let text = unsafe String(cString: line)
    Logger(label: "roost.libwebsockets").error("\(text.trimmingSuffix { $0.isNewline })")
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
