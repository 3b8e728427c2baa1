internal import COpenSSL
internal import Glibc

/// What a TLS server shows: its certificate, those between it and an authority, and the key. Immutable; any thread.
@safe public final class ServerCertificate: Sendable {
    /// Seconds since 1970 between which it holds.
    public let validFrom: Int64
    public let validUntil: Int64

    private let certificates: [X509Certificate]
    // Neither is changed any more.
    nonisolated(unsafe) let key: OpaquePointer
    /// A stack of the certificates that follow the first.
    nonisolated(unsafe) let chain: OpaquePointer

    /// The server's own.
    var leaf: X509Certificate { certificates[0] }

    /// Which of the two files is wrong.
    public enum Problem: Error, Equatable, Sendable {
        case certificate(TLSFileError)
        case key(TLSFileError)
    }

    /// Checks that the two belong together, and that both are strong enough to be shown (OpenSSL's security level).
    /// - Parameters:
    ///   - certificates: PEM, the server's own first.
    ///   - key: PEM, without a passphrase.
    public init(certificates: [UInt8], key: [UInt8]) throws(Problem) {
        do throws(TLSFileError) {
            self.certificates = try PEM.certificates(certificates)
        } catch {
            throw .certificate(error)
        }
        do throws(TLSFileError) {
            unsafe self.key = try unsafe PEM.privateKey(key)
        } catch {
            throw .key(error)
        }
        guard let chain = unsafe OPENSSL_sk_new_null() else {
            unsafe EVP_PKEY_free(self.key)
            throw .certificate(TLSFileError(PEM.libraryReason()))
        }
        unsafe self.chain = unsafe chain
        let leaf = self.certificates[0]
        validFrom = unsafe Self.seconds(X509_get0_notBefore(leaf.pointer))
        validUntil = unsafe Self.seconds(X509_get0_notAfter(leaf.pointer))
        for certificate in self.certificates.dropFirst() {
            unsafe OPENSSL_sk_push(chain, UnsafeRawPointer(certificate.pointer))
        }
        try check()
    }

    deinit {
        unsafe OPENSSL_sk_free(chain)
        unsafe EVP_PKEY_free(key)
    }

    /// Whether clients of this moment, in seconds since 1970, accept it as far as its time goes.
    public func isValid(at time: Int64) -> Bool { time >= validFrom && time <= validUntil }

    /// Does with a context of its own what each handshake does with a session: that cannot fail any more then.
    private func check() throws(Problem) {
        ERR_clear_error()
        guard unsafe X509_check_private_key(leaf.pointer, key) == 1 else {
            ERR_clear_error()
            throw .key(TLSFileError("does not belong to the certificate"))
        }
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .certificate(TLSFileError(PEM.libraryReason()))
        }
        defer { unsafe SSL_CTX_free(context) }
        guard unsafe SSL_CTX_use_cert_and_key(context, leaf.pointer, key, chain, 1) == 1 else {
            throw .certificate(TLSFileError(PEM.libraryReason()))
        }
    }

    /// What OpenSSL could not read is long ago.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe Int64(timegm(&parts))
    }
}
