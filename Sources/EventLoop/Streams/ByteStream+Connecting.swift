internal import CUV

/// From `connect` to the open connection: resolving, one address after the other, the time limit.
extension ByteStream {
    func startConnecting(to endpoint: StreamEndpoint) throws(LoopError) {
        switch endpoint {
        case .unix(let path):
            state = .connecting(ByteStreamHandle.connect(toPath: path, on: loop, for: self), rest: [])
        case .tcp(let host, let port):
            if let address = SocketAddress(numeric: host, port: port) {
                try tryAddresses([address], lastError: nil)
            } else {
                try resolve(host, port)
            }
        }
        startTimer()
    }

    private func resolve(_ host: String, _ port: UInt16) throws(LoopError) {
        do {
            let resolver = try ByteStreamResolver(on: loop, host: host, port: port) { [unowned self] answer in
                do throws(LoopError) {
                    try self.tryAddresses(answer.get()[...], lastError: nil)
                } catch {
                    self.end(with: LoopError(error.code, "cannot connect to \(self.name)"))
                }
            }
            state = .resolving(resolver)
        } catch {
            throw LoopError(error.code, "cannot connect to \(name)")
        }
    }

    /// Connects to the first of `addresses` that lets itself be tried.
    private func tryAddresses(_ addresses: ArraySlice<SocketAddress>, lastError: LoopError?) throws(LoopError)
    {
        var lastError = lastError
        var addresses = addresses
        while let address = addresses.popFirst() {
            triedAddresses += 1
            do {
                let handle = try ByteStreamHandle.connect(to: address, on: loop, for: self)
                state = .connecting(handle, rest: addresses)
                return startTimer()
            } catch {
                lastError = error
            }
        }
        let tried = triedAddresses > 1 ? " (\(triedAddresses) addresses tried)" : ""
        throw LoopError(lastError?.code ?? UV_ENOENT.rawValue, "cannot connect to \(name)\(tried)")
    }

    private func startTimer() {
        guard connectTimeout > 0 else { return }
        let timer = self.timer ?? LoopTimer(on: loop) { [unowned self] in self.timedOut() }
        timer.start(after: connectTimeout)
        self.timer = timer
    }

    private func timedOut() {
        switch state {
        case .resolving: end(with: LoopError(UV_ETIMEDOUT.rawValue, "cannot resolve the name in \(name)"))
        case .connecting: socketConnected(UV_ETIMEDOUT.rawValue)
        case .handshaking:
            end(with: LoopError(UV_ETIMEDOUT.rawValue, "cannot connect to \(name): TLS handshake"))
        case .idle, .open, .closed: break
        }
    }

    /// Called by the handle.
    func socketConnected(_ status: Int32) {
        guard case .connecting(let handle, let rest) = state else { return }
        guard status == 0 else {
            handle.close()
            do {
                return try tryAddresses(rest, lastError: LoopError(status, ""))
            } catch {
                return end(with: error)
            }
        }
        guard let session else { return opened(handle) }
        state = .handshaking(handle, session)
        startTimer()
        handle.startReading()
        handshake(handle, session)
    }

    func opened(_ handle: ByteStreamHandle) {
        stopTimer()
        state = .open(handle)
        let early = self.early
        self.early = []
        write(early)
        delegate?.streamOpened(self)
        guard case .open = state else { return }
        if isPaused { handle.stopReading() } else { handle.startReading() }
        if !early.isEmpty && handle.unsentBytes == 0 { delegate?.streamDrained(self) }
    }
}
