/// The stream's use of its `TLSSession`.
extension ByteStream {
    /// Plaintext encrypted at a time: bounds the memory that TLS holds besides what the socket has not taken.
    private static let encryptedAtOnce = 256 * 1024

    func newSession(for endpoint: StreamEndpoint, _ tls: TLSClientSettings) throws(LoopError) -> TLSSession {
        do throws(LoopError) {
            let context = try TLSContext.trusting(tls.authorityFile)
            switch (tls.serverName, endpoint) {
            case (let name?, _), (nil, .tcp(let name, _)): return try TLSSession(context, name: name)
            case (nil, .unix):
                throw LoopError(
                    message: "TLS over a unix socket needs the server's name to verify", outlook: .lasting)
            }
        } catch {
            throw LoopError(message: "cannot connect to \(name): \(error)", outlook: error.outlook)
        }
    }

    func handshake(_ handle: ByteStreamHandle, _ session: TLSSession) {
        do throws(LoopError) {
            let isDone = try session.handshake()
            unsafe session.takeCiphertext { unsafe handle.write($0) }
            guard isDone else { return }
            opened(handle)
            // The peer's first bytes may have come along with the end of the handshake.
            deliverDecrypted()
        } catch {
            // The alert that tells the peer why.
            unsafe session.takeCiphertext { unsafe handle.write($0) }
            end(with: LoopError(message: "cannot connect to \(name): \(error)", outlook: error.outlook))
        }
    }

    func encrypt(_ bytes: UnsafeRawBufferPointer, _ session: TLSSession, _ handle: ByteStreamHandle) {
        var offset = 0
        while offset < bytes.count {
            let next = min(offset + Self.encryptedAtOnce, bytes.count)
            do {
                try unsafe session.write(UnsafeRawBufferPointer(rebasing: bytes[offset..<next]))
            } catch {
                let error = LoopError(message: "the connection to \(name) broke: \(error)")
                return later { $0.end(with: error) }
            }
            unsafe session.takeCiphertext { unsafe handle.write($0) }
            offset = next
        }
    }

    func deliverDecrypted() {
        while case .open(let handle) = state, let session, !isPaused {
            // What was read from the socket is inside `session` by now, so its memory is free again.
            let memory = unsafe loop.readBuffer.memory
            do {
                let count = try unsafe session.read(into: memory)
                // A key update asks for an answer.
                unsafe session.takeCiphertext { unsafe handle.write($0) }
                guard count > 0 else {
                    if session.isEndedByPeer { end(with: nil) }
                    return
                }
                unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]).withMemoryRebound(to: UInt8.self) {
                    bytes in
                    unsafe delegate?.streamReceived(self, bytes.span)
                }
            } catch {
                return end(with: LoopError(message: "the connection to \(name) broke: \(error)"))
            }
        }
    }
}
