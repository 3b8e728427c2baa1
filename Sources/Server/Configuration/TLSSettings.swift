extension Settings {
    /// What is needed where TLS is spoken: files in PEM; `nil`: none.
    public struct TLS: Equatable, Sendable {
        /// The server's certificate, and those that lead from it to an authority.
        public var certificateFile: String?
        public var keyFile: String?
        /// The authorities of which clients must show a certificate.
        public var clientAuthorityFile: String?

        public init() {}

        /// Those that are set, by setting.
        var files: [(name: String, path: String)] {
            [
                ("tls.certificate_file", certificateFile), ("tls.key_file", keyFile),
                ("tls.client_ca_file", clientAuthorityFile),
            ].compactMap { name, path in path.map { (name, $0) } }
        }
    }
}
