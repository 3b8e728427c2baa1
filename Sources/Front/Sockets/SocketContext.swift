import CWebSockets
import EventLoop
import Glibc
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
    /// For connections without TLS.
    private let virtualHost: OpaquePointer
    /// For connections with TLS, and what their sessions are made of; `nil` where none are to come.
    private let secure: (virtualHost: OpaquePointer, tls: ServerTLSContext)?
    /// Read by libwebsockets for as long as the context lives.
    private let protocols: UnsafeMutablePointer<lws_protocols>
    private let name: UnsafeMutablePointer<CChar>
    /// Retained for the context, which hands it to the callback.
    private let sink: Unmanaged<EventSink>

    /// Contexts are made one at a time: in there libwebsockets loads its event-loop plugin and sets up OpenSSL.
    private static let creation = Mutex(())

    /// Seconds after which libwebsockets ends what it thinks is late with a handshake, and those who have said nothing
    /// since. Longer than any deadline of the front's, whose business that is.
    private static let timeout: UInt32 = 2 * 3600

    /// - Parameters:
    ///   - events: held weakly by nothing: it must outlive the context's sockets; `close` lets go of it.
    ///   - tls: what connections with TLS are served with; `nil` where none are to come.
    init(on loop: EventLoop, events: any SocketEvents, tls: ServerTLSSettings?) throws(LoopError) {
        let sink = unsafe Unmanaged.passRetained(EventSink(events))
        // Two lists of one, each with an empty one at its end.
        let protocols = UnsafeMutablePointer<lws_protocols>.allocate(capacity: 4)
        unsafe protocols.initialize(repeating: lws_protocols(), count: 4)
        let name: UnsafeMutablePointer<CChar> = unsafe strdup("roost")
        for index in [0, 2] {
            unsafe protocols[index].name = UnsafePointer(name)
            // Each write goes out as one send; what the socket does not take of it libwebsockets keeps.
            unsafe protocols[index].tx_packet_size = Int(Int32.max) / 2
        }
        unsafe protocols[0].callback = socketCallback
        unsafe protocols[2].callback = secureSocketCallback

        var pair: (context: OpaquePointer, virtualHost: OpaquePointer)?
        var secureHost: OpaquePointer?
        Self.creation.withLock { _ in
            unsafe lws_set_log_level(Int32(LLL_ERR), logCallback)
            var info = unsafe lws_context_creation_info()
            unsafe info.port = CONTEXT_PORT_NO_LISTEN_SERVER
            unsafe info.protocols = UnsafePointer(protocols)
            unsafe info.gid = -1
            unsafe info.uid = -1
            unsafe info.pt_serv_buf_size = UInt32(Self.readSize)
            let options = UInt64(LWS_SERVER_OPTION_LIBUV) | UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS)
            let initialize = UInt64(LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT)
            unsafe info.options = tls == nil ? options : options | initialize
            unsafe info.timeout_secs = Self.timeout
            unsafe info.user = sink.toOpaque()
            var foreign: UnsafeMutableRawPointer? = unsafe loop.foreignPointer
            unsafe withUnsafeMutablePointer(to: &foreign) { foreign in
                unsafe info.foreign_loops = foreign
                guard let context = unsafe lws_create_context(&info) else { return }
                unsafe info.options = options
                guard let virtualHost = unsafe lws_create_vhost(context, &info) else {
                    return unsafe lws_context_destroy(context)
                }
                unsafe pair = (context, virtualHost)
                guard tls != nil else { return }
                unsafe info.vhost_name = UnsafePointer(name)
                unsafe info.protocols = UnsafePointer(protocols + 2)
                // Nothing is connected to from here: the system's authorities, megabytes, are not needed.
                unsafe info.options =
                    options | initialize | UInt64(LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX)
                    | UInt64(LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS)
                unsafe secureHost = unsafe lws_create_vhost(context, &info)
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
        guard let tls else {
            unsafe secure = nil
            return
        }
        guard let secureHost = unsafe secureHost,
            let pointer = unsafe sink.takeUnretainedValue().tlsContext
        else {
            unsafe secure = nil
            close()
            throw LoopError(message: "libwebsockets cannot set up TLS", outlook: .lasting)
        }
        // After libwebsockets has set up its own: this is what counts.
        unsafe secure = try (secureHost, ServerTLSContext(configuring: pointer, tls))
    }

    /// Takes over an accepted socket, which is closed if that fails. Events carry `slot`; with TLS they begin when its
    /// handshake is done, except for the end.
    func adopt(_ incoming: IncomingConnection, slot: UInt32) -> Socket? {
        var description = unsafe lws_adopt_desc()
        unsafe description.vh = virtualHost
        unsafe description.type = LWS_ADOPT_SOCKET
        if incoming.isSecure {
            // What came before the handshake is nobody's word.
            guard let secure = unsafe secure, incoming.received.isEmpty else {
                Glibc.close(incoming.descriptor)
                return nil
            }
            unsafe description.vh = secure.virtualHost
            unsafe description.type = lws_adoption_type(
                LWS_ADOPT_SOCKET.rawValue | LWS_ADOPT_ALLOW_SSL.rawValue)
        }
        unsafe description.fd.sockfd = incoming.descriptor
        // 0 would be "none".
        unsafe description.opaque = UnsafeMutableRawPointer(bitPattern: UInt(slot) + 1)
        guard let instance = unsafe lws_adopt_descriptor_vhost_via_info(&description) else { return nil }
        // Timeouts stand in one list, which is gone through from its head: it is to stay short.
        if incoming.isSecure { unsafe lws_set_timeout(instance, NO_PENDING_TIMEOUT, 0) }
        return unsafe Socket(instance: instance)
    }

    /// Takes other settings for TLS handshakes that begin from now on.
    func replaceTLS(_ settings: ServerTLSSettings) { unsafe secure?.tls.replace(settings) }

    /// Whether TLS is spoken over it.
    func isSecure(_ socket: Socket) -> Bool { unsafe lws_get_ssl(socket.instance) != nil }

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
    /// - Returns: false where TLS's own end cannot be sent for now: call again at `socketWritable`.
    func shutdownWrite(_ socket: Socket) -> Bool {
        if let session = unsafe lws_get_ssl(socket.instance), unsafe !ServerTLSContext.end(session) {
            unsafe lws_callback_on_writable(socket.instance)
            return false
        }
        unsafe shutdown(lws_get_socket_fd(socket.instance), Int32(SHUT_WR))
        return true
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
