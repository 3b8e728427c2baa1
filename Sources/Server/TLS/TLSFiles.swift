import EventLoop

/// The certificate, its key and the clients' authorities, read from where the settings say, and checked together.
struct TLSFiles {
    /// A setting and what is wrong with it.
    typealias Problem = (name: String, message: String)

    /// `nil` where something is wrong with it, or it is not set.
    private(set) var certificate: ServerCertificate?
    private(set) var clientAuthorities: ClientAuthorities?
    private(set) var problems: [Problem] = []

    /// Blocks on the file system.
    init(_ settings: Settings.TLS) {
        switch (settings.certificateFile, settings.keyFile) {
        case (nil, nil): break
        case (nil, _?): problems.append(("tls.key_file", "is of no use without tls.certificate_file"))
        case (_?, nil): problems.append(("tls.certificate_file", "needs tls.key_file, the certificate's key"))
        case (let certificate?, let key?): readPair(certificate, key)
        }
        if let path = settings.clientAuthorityFile { readAuthorities(path) }
    }

    private mutating func readPair(_ certificatePath: String, _ keyPath: String) {
        let certificates = read("tls.certificate_file", certificatePath, isSecret: false)
        let key = read("tls.key_file", keyPath, isSecret: true)
        guard let certificates, let key else { return }
        do throws(ServerCertificate.Problem) {
            certificate = try ServerCertificate(certificates: certificates, key: key)
        } catch {
            switch error {
            case .certificate(let error): note("tls.certificate_file", certificatePath, error.reason)
            case .key(let error): note("tls.key_file", keyPath, error.reason)
            }
        }
    }

    private mutating func readAuthorities(_ path: String) {
        guard let bytes = read("tls.client_ca_file", path, isSecret: false) else { return }
        do throws(TLSFileError) {
            clientAuthorities = try ClientAuthorities(pem: bytes)
        } catch {
            note("tls.client_ca_file", path, error.reason)
        }
    }

    private mutating func read(_ name: String, _ path: String, isSecret: Bool) -> [UInt8]? {
        do throws(InvalidValue) {
            return try KeyFile.read(path, isSecret: isSecret)
        } catch {
            note(name, path, error.reason)
            return nil
        }
    }

    private mutating func note(_ name: String, _ path: String, _ reason: String) {
        problems.append((name, "the file '\(LogText.escaped(path))' \(reason)"))
    }
}
