/// A client connection over TCP or a unix socket, with TLS if asked for.
///
/// Names are resolved and connections made without blocking; every address of a name is tried, in the system's order.
/// Confined to its loop's thread. `close()` may be called at any time, in every delegate call too; a stream that is
/// let go of without it closes itself. The program must ignore SIGPIPE: libuv writes without suppressing it.
@safe public final class ByteStream {
    enum State {
        case idle
        case resolving(ByteStreamResolver)
        /// A socket is connecting; the addresses after it are still to be tried.
        case connecting(ByteStreamHandle, rest: ArraySlice<SocketAddress>)
        /// Connected; TLS is not agreed yet.
        case handshaking(ByteStreamHandle, TLSSession)
        case open(ByteStreamHandle)
        case closed
    }

    /// Strong; let go of when the stream closes, by either side.
    public var delegate: (any ByteStreamDelegate)?

    /// How long to resolve the name, to try each address, and for the TLS handshake, in milliseconds; 0 leaves it to
    /// the system (minutes). Set before `connect`.
    public var connectTimeout: UInt64 = 10_000

    let loop: EventLoop
    var state = State.idle
    var session: TLSSession?
    var isPaused = false
    /// What was written before there was a connection.
    var early: [UInt8] = []
    /// The endpoint, for errors.
    var name = ""
    var triedAddresses = 0
    /// The time limit while connecting, or what waits for the next turn.
    var timer: LoopTimer?

    public init(on loop: EventLoop) { self.loop = loop }

    deinit { dropConnection() }

    /// Bytes given to `write` that the system has not taken yet (with TLS, as encrypted).
    public var unsentBytes: Int {
        switch state {
        case .open(let handle): handle.unsentBytes
        case .idle, .resolving, .connecting, .handshaking: early.count
        case .closed: 0
        }
    }

    /// Starts connecting. Call once; the delegate hears the outcome, never during this call.
    public func connect(to endpoint: StreamEndpoint, tls: TLSClientSettings? = nil) {
        guard case .idle = state else { return assertionFailure("connect() is called once") }
        name = endpoint.description
        do {
            if let tls { session = try newSession(for: endpoint, tls) }
            try startConnecting(to: endpoint)
        } catch {
            later { $0.end(with: error) }
        }
    }

    /// Queues bytes; written in call order, each call as one system write where the socket has room.
    public func write(_ bytes: consuming [UInt8]) {
        switch state {
        case .open(let handle):
            unsafe bytes.withUnsafeBytes { bytes in
                if let session { unsafe encrypt(bytes, session, handle) } else { unsafe handle.write(bytes) }
            }
        case .idle, .resolving, .connecting, .handshaking: early.append(contentsOf: bytes)
        case .closed: break
        }
    }

    /// Stops `streamReceived`; the peer feels it once the system's buffers are full.
    public func pauseReading() {
        isPaused = true
        if case .open(let handle) = state { handle.stopReading() }
    }

    public func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        guard case .open(let handle) = state else { return }
        handle.startReading()
        // Bytes may be waiting within TLS, of which the socket knows nothing.
        if session != nil { later { $0.deliverDecrypted() } }
    }

    /// Closes at once and drops what is unsent. The delegate hears nothing more.
    public func close() {
        if case .open(let handle) = state, let session {
            session.end()
            unsafe session.takeCiphertext { unsafe handle.write($0) }
        }
        dropConnection()
        delegate = nil
    }
}

// MARK: - While open, called by the handle

extension ByteStream {
    func socketReceived(_ bytes: UnsafeRawBufferPointer) {
        switch state {
        case .open:
            if let session {
                unsafe session.receive(bytes)
                deliverDecrypted()
            } else if !isPaused {
                unsafe bytes.withMemoryRebound(to: UInt8.self) { bytes in
                    unsafe delegate?.streamReceived(self, bytes.span)
                }
            }
        case .handshaking(let handle, let session):
            unsafe session.receive(bytes)
            handshake(handle, session)
        case .idle, .resolving, .connecting, .closed: break
        }
    }

    func socketDrained() {
        guard case .open(let handle) = state, handle.unsentBytes == 0 else { return }
        delegate?.streamDrained(self)
    }

    /// - Parameter status: 0 when the peer closed in good order.
    func socketEnded(_ status: Int32) {
        switch state {
        case .handshaking where status == 0:
            end(
                with: LoopError(
                    message: "cannot connect to \(name): closed by the peer during the TLS handshake"))
        case .handshaking:
            end(with: LoopError(status, "cannot connect to \(name)"))
        case .open where status != 0:
            end(with: LoopError(status, "the connection to \(name) broke"))
        case .open:
            let isTruncated = session.map { !$0.isEndedByPeer } ?? false
            end(with: isTruncated ? LoopError(message: "the TLS connection to \(name) was cut off") : nil)
        case .idle, .resolving, .connecting, .closed: break
        }
    }
}

// MARK: - Ending

extension ByteStream {
    func end(with error: LoopError?) {
        dropConnection()
        let delegate = self.delegate
        self.delegate = nil
        delegate?.streamClosed(self, error: error)
    }

    /// Runs `body` in a turn of its own, unless the stream is closed by then.
    func later(_ body: @escaping (ByteStream) -> Void) {
        timer?.close()
        timer = LoopTimer(on: loop) { [unowned self] in
            stopTimer()
            body(self)
        }
        timer?.start(after: 0)
    }

    func stopTimer() {
        timer?.close()
        timer = nil
    }

    private func dropConnection() {
        stopTimer()
        switch state {
        case .resolving(let resolver): resolver.cancel()
        case .connecting(let handle, _), .handshaking(let handle, _), .open(let handle): handle.close()
        case .idle, .closed: break
        }
        state = .closed
        session = nil
        early = []
    }
}
