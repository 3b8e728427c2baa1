internal import COpenSSL

/// The client side of one TLS connection as pure state: bytes in, bytes out, no socket.
///
/// Feed what the peer sent with `receive`; go on with `handshake()` until it is true, then `read`; after each call
/// send what `takeCiphertext` gives. The chain and the name are verified within the handshake (RFC 9525).
@safe final class TLSSession {
    /// The peer has said that it sends no more (`close_notify`): an end without it may be an attacker's.
    private(set) var isEndedByPeer = false

    private let session: OpaquePointer
    private let context: TLSContext
    /// Memory BIOs, owned by `session`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let name: String

    /// - Parameter name: the DNS name or IP address that the peer's certificate must be for.
    init(_ context: TLSContext, name: String) throws(LoopError) {
        guard let session = unsafe SSL_new(context.pointer) else {
            throw Self.libraryError("cannot set up TLS")
        }
        guard let incoming = unsafe BIO_new(BIO_s_mem()) else {
            unsafe SSL_free(session)
            throw Self.libraryError("cannot set up TLS")
        }
        guard let outgoing = unsafe BIO_new(BIO_s_mem()) else {
            unsafe BIO_free(incoming)
            unsafe SSL_free(session)
            throw Self.libraryError("cannot set up TLS")
        }
        unsafe SSL_set_bio(session, incoming, outgoing)
        unsafe SSL_set_connect_state(session)
        unsafe self.session = unsafe session
        unsafe self.incoming = unsafe incoming
        unsafe self.outgoing = unsafe outgoing
        self.context = context
        // "redis.example." is the same host; certificates and SNI have it without the dot.
        self.name = name.hasSuffix(".") ? String(name.dropLast()) : name
        guard !name.isEmpty, setExpectedName() else {
            throw LoopError(
                message: "'\(name)' is not a name that TLS can verify: give a host name or an IP address",
                outlook: .lasting)
        }
    }

    deinit { unsafe SSL_free(session) }

    private func setExpectedName() -> Bool {
        guard SocketAddress(numeric: name, port: 0) == nil else {
            // An address is verified as such, and never sent as SNI (RFC 6066, section 3).
            return unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name) == 1
        }
        unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        guard unsafe SSL_set1_host(session, name) == 1 else { return false }
        var text = Array(name.utf8CString)
        return unsafe text.withUnsafeMutableBytes { text in
            unsafe SSL_ctrl(
                session, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name), text.baseAddress) == 1
        }
    }

    /// Takes bytes that came from the peer.
    func receive(_ ciphertext: UnsafeRawBufferPointer) {
        guard ciphertext.count > 0 else { return }
        // A memory BIO takes all; the count is at most a read's, far below 2³¹.
        unsafe BIO_write(incoming, ciphertext.baseAddress, Int32(ciphertext.count))
    }

    /// Goes on with the handshake. True once it is done, the certificate verified.
    func handshake() throws(LoopError) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        if result == 1 { return true }
        if unsafe SSL_get_error(session, result) == SSL_ERROR_WANT_READ { return false }
        let verification = unsafe SSL_get_verify_result(session)
        guard verification == Int(X509_V_OK) else {
            let reason = unsafe String(cString: X509_verify_cert_error_string(verification))
            throw LoopError(
                message: "the certificate was refused: \(reason) (expected one for '\(name)')",
                outlook: Self.untrusted.contains(Int32(verification)) ? .untrusted : .lasting)
        }
        throw Self.libraryError("the TLS handshake failed")
    }

    /// The next decrypted bytes; 0 when more has to be received first, or the peer has ended.
    func read(into plaintext: UnsafeMutableRawBufferPointer) throws(LoopError) -> Int {
        var filled = 0
        while filled < plaintext.count {
            ERR_clear_error()
            // One record at a time: at most 16 KiB (RFC 8446, section 5.1).
            let room = Int32(min(plaintext.count - filled, Int(Int32.max)))
            let result = unsafe SSL_read(session, plaintext.baseAddress.map { unsafe $0 + filled }, room)
            guard result <= 0 else {
                filled += Int(result)
                continue
            }
            switch unsafe SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ: return filled
            case SSL_ERROR_ZERO_RETURN:
                isEndedByPeer = true
                return filled
            default:
                // What came before the bad record is good; the error comes again at the next call.
                if filled > 0 { return filled }
                throw Self.libraryError("TLS failed")
            }
        }
        return filled
    }

    /// Encrypts. Only after the handshake.
    func write(_ plaintext: UnsafeRawBufferPointer) throws(LoopError) {
        guard plaintext.count > 0 else { return }
        ERR_clear_error()
        var written = 0
        // Writes all: a memory BIO is never full.
        guard unsafe SSL_write_ex(session, plaintext.baseAddress, plaintext.count, &written) == 1 else {
            throw Self.libraryError("TLS failed")
        }
    }

    /// Tells the peer that nothing more comes.
    func end() {
        ERR_clear_error()
        unsafe SSL_shutdown(session)
    }

    /// Gives `send` what the peer is to get now, if anything.
    func takeCiphertext(_ send: (UnsafeRawBufferPointer) -> Void) {
        let count = unsafe BIO_ctrl_pending(outgoing)
        guard count > 0 else { return }
        unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { memory in
            let taken = unsafe BIO_read(outgoing, memory.baseAddress, Int32(count))
            guard taken > 0 else { return }
            unsafe send(UnsafeRawBufferPointer(rebasing: memory[..<Int(taken)]))
        }
    }

    /// What verification says where the chain does not end at an authority that is trusted.
    private static let untrusted: Set<Int32> = [
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
    ]

    /// OpenSSL's last error on this thread.
    static func libraryError(_ what: String, outlook: LoopError.Outlook = .passing) -> LoopError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else {
            return LoopError(message: what, outlook: outlook)
        }
        let text = unsafe String(cString: reason)
        // What a peer without TLS looks like.
        guard text != "wrong version number" else {
            return LoopError(
                message: "\(what): \(text): does the peer speak TLS on this port?", outlook: .lasting)
        }
        return LoopError(message: "\(what): \(text)", outlook: outlook)
    }
}
