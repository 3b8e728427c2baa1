internal import COpenSSL

/// Reads what stands in PEM (RFC 7468), from memory.
enum PEM {
    /// The certificates, in order; there is one at least.
    static func certificates(_ bytes: [UInt8]) throws(TLSFileError) -> [X509Certificate] {
        guard let bio = unsafe memory(bytes) else { throw TLSFileError(libraryReason()) }
        defer { unsafe BIO_free(bio) }
        ERR_clear_error()
        var certificates: [X509Certificate] = []
        while let certificate = unsafe PEM_read_bio_X509(bio, nil, refusePassphrase, nil) {
            certificates.append(unsafe X509Certificate(owning: certificate))
        }
        // The end of the text looks like one more that does not begin.
        let code = ERR_peek_last_error()
        guard ERR_GET_LIB(code) == ERR_LIB_PEM, ERR_GET_REASON(code) == PEM_R_NO_START_LINE else {
            throw TLSFileError(libraryReason())
        }
        ERR_clear_error()
        guard !certificates.isEmpty else { throw TLSFileError("has no certificate in PEM") }
        return certificates
    }

    /// The first private key, which the caller owns.
    static func privateKey(_ bytes: [UInt8]) throws(TLSFileError) -> OpaquePointer {
        guard let bio = unsafe memory(bytes) else { throw TLSFileError(libraryReason()) }
        defer { unsafe BIO_free(bio) }
        ERR_clear_error()
        if let key = unsafe PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, nil) { return unsafe key }
        let code = ERR_peek_last_error()
        switch (ERR_GET_LIB(code), ERR_GET_REASON(code)) {
        case (ERR_LIB_OSSL_DECODER, _):
            // None of the forms that there are has been found.
            ERR_clear_error()
            throw TLSFileError("has no private key in PEM")
        case (ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ):
            ERR_clear_error()
            throw TLSFileError("is encrypted; a key without a passphrase is needed")
        default: throw TLSFileError(libraryReason())
        }
    }

    private static func memory(_ bytes: [UInt8]) -> OpaquePointer? {
        guard let bio = unsafe BIO_new(BIO_s_mem()) else { return nil }
        var written = 0
        let isWritten = unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.isEmpty || BIO_write_ex(bio, bytes.baseAddress, bytes.count, &written) == 1
        }
        guard isWritten else {
            unsafe BIO_free(bio)
            return nil
        }
        return unsafe bio
    }

    /// OpenSSL's last error on this thread, in words that follow the name of a file.
    static func libraryReason() -> String {
        let code = ERR_peek_last_error()
        defer { ERR_clear_error() }
        guard code != 0, let text = unsafe ERR_reason_error_string(code) else { return "cannot be read" }
        return "is refused: \(unsafe String(cString: text))"
    }
}

/// Instead of OpenSSL's own, which asks whoever sits at the terminal.
private func refusePassphrase(
    _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int32, _ isForWriting: Int32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 { -1 }
