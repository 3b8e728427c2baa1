internal import COpenSSL
import Synchronization

/// OpenSSL's settings and trusted authorities, shared by the sessions that trust the same ones: reading the system's
/// store takes milliseconds. Immutable once made; OpenSSL lets any thread make sessions from it.
@safe final class TLSContext: Sendable {
    private struct Shared {
        weak var context: TLSContext?
    }

    /// Kept weakly: who connects anew after all connections were lost reads the file anew, a renewed one perhaps.
    private static let shared = Mutex<[String: Shared]>([:])

    /// `SSL_OP_NO_RENEGOTIATION`, a macro that Swift does not see.
    private static let noRenegotiation: UInt64 = 1 << 30

    nonisolated(unsafe) let pointer: OpaquePointer

    /// The context that trusts the authorities in `authorityFile` (PEM), or the system's if `nil`.
    static func trusting(_ authorityFile: String?) throws(LoopError) -> TLSContext {
        // No file has an empty name.
        let key = authorityFile ?? ""
        if let context = shared.withLock({ $0[key]?.context }) { return context }
        let context = try TLSContext(authorityFile)
        shared.withLock { $0[key] = Shared(context: context) }
        return context
    }

    private init(_ authorityFile: String?) throws(LoopError) {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSSession.libraryError("cannot set up TLS")
        }
        unsafe pointer = unsafe context
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // Renegotiation lets a peer make us work for nothing; empty buffers of idle sessions cost 34 KB each.
        unsafe SSL_CTX_set_options(context, Self.noRenegotiation)
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(SSL_MODE_RELEASE_BUFFERS), nil)
        if let authorityFile {
            guard unsafe SSL_CTX_load_verify_file(context, authorityFile) == 1 else {
                throw TLSSession.libraryError(
                    "cannot read certification authorities (PEM) from '\(authorityFile)'", outlook: .lasting)
            }
        } else if unsafe SSL_CTX_set_default_verify_paths(context) != 1 {
            throw TLSSession.libraryError(
                "cannot read the system's certification authorities", outlook: .lasting)
        }
    }

    deinit { unsafe SSL_CTX_free(pointer) }
}
