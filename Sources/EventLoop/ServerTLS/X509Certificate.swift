internal import COpenSSL

/// OpenSSL's reading of one certificate, released with this. Not changed any more: any thread.
@safe final class X509Certificate: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

    deinit { unsafe X509_free(pointer) }
}
