internal import COpenSSL

/// The authorities that must vouch for a client's certificate. Immutable; any thread.
@safe public final class ClientAuthorities: Sendable {
    /// What a chain is verified against. OpenSSL locks it where it is looked into.
    nonisolated(unsafe) let store: OpaquePointer
    private let certificates: [X509Certificate]

    /// - Parameter pem: one certificate or several.
    public init(pem: [UInt8]) throws(TLSFileError) {
        certificates = try PEM.certificates(pem)
        guard let store = unsafe X509_STORE_new() else { throw TLSFileError(PEM.libraryReason()) }
        unsafe self.store = unsafe store
        // Fails for want of memory only: one that is there already is taken as well.
        for certificate in certificates { unsafe X509_STORE_add_cert(store, certificate.pointer) }
    }

    deinit { unsafe X509_STORE_free(store) }

    /// A stack of their names, which tells a client which of its certificates to show. The caller owns it.
    func names() -> OpaquePointer? {
        guard let names = unsafe OPENSSL_sk_new_null() else { return nil }
        for certificate in certificates {
            guard let name = unsafe X509_NAME_dup(X509_get_subject_name(certificate.pointer)) else {
                continue
            }
            unsafe OPENSSL_sk_push(names, UnsafeRawPointer(name))
        }
        return unsafe names
    }
}
