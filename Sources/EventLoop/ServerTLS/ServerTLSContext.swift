internal import COpenSSL

/// OpenSSL's settings for the server's side of TLS connections that somebody else moves the bytes of. Confined to its
/// worker's thread.
///
/// TLS 1.2 and 1.3; for 1.2 only suites with forward secrecy and authenticated encryption (RFC 9325, section 4.2). No
/// compression, no renegotiation, no early data.
@safe public final class ServerTLSContext {
    private let context: OpaquePointer
    private var settings: ServerTLSSettings

    private static let suites = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:\
        ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384
        """
    /// `SSL_OP_NO_COMPRESSION`, `SSL_OP_NO_RENEGOTIATION`, `SSL_OP_CIPHER_SERVER_PREFERENCE` and
    /// `SSL_OP_PRIORITIZE_CHACHA`, macros that Swift does not see.
    private static let options: UInt64 = 1 << 17 | 1 << 30 | 1 << 22 | 1 << 21

    /// - Parameter pointer: a fresh `SSL_CTX`, of which this keeps a reference. It calls back here: no session may be made
    ///   from it any more when this is gone.
    public init(configuring pointer: OpaquePointer, _ settings: ServerTLSSettings) throws(LoopError) {
        unsafe SSL_CTX_up_ref(pointer)
        unsafe context = unsafe pointer
        self.settings = settings
        ERR_clear_error()
        unsafe SSL_CTX_set_options(context, Self.options)
        let isSet =
            unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil) == 1
            && SSL_CTX_set_cipher_list(context, Self.suites) == 1
        guard isSet else { throw TLSSession.libraryError("cannot set up TLS", outlook: .lasting) }
        // Sessions are in tickets only. The name keeps those of other programs with the same key apart.
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        // One name, one certificate, whatever is asked for.
        unsafe SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, nil)
        unsafe SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe SSL_CTX_set_cert_cb(context, presentCertificate, owner)
        apply()
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// Takes other settings for handshakes that begin from now on. Connections that are there go on.
    public func replace(_ settings: ServerTLSSettings) {
        self.settings = settings
        apply()
    }

    private func apply() {
        // A session that began under other settings, and may not have shown a certificate, is not resumed under these.
        // The ticket key's name is in every ticket, and no secret.
        let name = Array(settings.ticketKey.prefix(16))
        unsafe SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        var key = settings.ticketKey
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_TICKET_KEYS, key.count, &key)
        guard let authorities = settings.clientAuthorities else {
            return unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        }
        // Both are the context's to release.
        unsafe X509_STORE_up_ref(authorities.store)
        unsafe SSL_CTX_set_cert_store(context, authorities.store)
        unsafe SSL_CTX_set_client_CA_list(context, authorities.names())
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    /// Shows a session the certificate of this moment. In the context there is none: it could hold one of another kind
    /// (RSA, ECDSA) from before beside it.
    fileprivate func present(to session: OpaquePointer?) -> Bool {
        let certificate = settings.certificate
        return unsafe SSL_use_cert_and_key(
            session, certificate.leaf.pointer, certificate.key, certificate.chain, 1) == 1
    }

    /// Tells the peer of a session that nothing more comes (`close_notify`, RFC 8446, section 6.1).
    /// - Returns: false where the socket does not take it for now: call again when it does.
    public static func end(_ session: OpaquePointer) -> Bool {
        ERR_clear_error()
        let result = unsafe SSL_shutdown(session)
        let isFull = unsafe result < 0 && SSL_get_error(session, result) == SSL_ERROR_WANT_WRITE
        // A peer that has not finished its handshake is no error of whoever comes next.
        ERR_clear_error()
        return !isFull
    }

    /// Answers a peer that has said first that nothing more comes.
    public static func answerEnd(_ session: OpaquePointer) {
        if unsafe SSL_get_shutdown(session) == SSL_RECEIVED_SHUTDOWN { _ = unsafe end(session) }
    }
}

private func presentCertificate(_ session: OpaquePointer?, _ owner: UnsafeMutableRawPointer?) -> Int32 {
    guard let owner = unsafe owner else { return 0 }
    let context = unsafe Unmanaged<ServerTLSContext>.fromOpaque(owner).takeUnretainedValue()
    return unsafe context.present(to: session) ? 1 : 0
}

/// HTTP/1.1 is spoken here, which ALPN (RFC 7301) calls so. Who offers only others is told that there is none of these.
private func selectProtocol(
    _ session: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    let name = "http/1.1".utf8
    guard let selected = unsafe selected, let selectedCount = unsafe selectedCount else {
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
    let names = unsafe UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    var position = 0
    // OpenSSL has checked that the lengths before the names add up.
    while position < names.count {
        let end = min(names.count, position + 1 + Int(unsafe names[position]))
        if unsafe names[(position + 1)..<end].elementsEqual(name) {
            unsafe selected.pointee = unsafe offered.map { unsafe $0 + position + 1 }
            unsafe selectedCount.pointee = UInt8(name.count)
            return SSL_TLSEXT_ERR_OK
        }
        position = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
