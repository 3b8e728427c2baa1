/// A certification authority of the test's own, made with the openssl command.
public struct TestAuthority: Sendable {
    /// What a client trusts: the authority's certificate, PEM.
    public let certificateFile: String
    private let keyFile: String
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - folder: where the files go.
    ///   - name: tells authorities in one folder apart.
    public init(in folder: TemporaryFolder, name: String = "authority") throws {
        self.folder = folder
        certificateFile = folder.path("\(name).pem")
        keyFile = folder.path("\(name).key")
        try Self.openssl(
            "-keyout", keyFile, "-out", certificateFile, "-days", "2", "-subj", "/CN=\(name)",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    }

    /// A certificate and its key for a server.
    public struct Certificate: Sendable {
        public let certificateFile: String
        public let keyFile: String
    }

    /// - Parameters:
    ///   - names: as openssl writes them: `DNS:localhost`, `IP:127.0.0.1`.
    ///   - days: negative for one that has run out.
    public func issue(for names: String..., days: Int = 2, name: String = "server") throws -> Certificate {
        let certificate = Certificate(
            certificateFile: folder.path("\(name).pem"), keyFile: folder.path("\(name).key"))
        let request = folder.path("\(name).csr")
        try Self.openssl(
            "-keyout", certificate.keyFile, "-out", request, "-subj", "/CN=roost test", isRequest: true)
        try folder.write(
            "subjectAltName=\(names.joined(separator: ","))\nbasicConstraints=CA:FALSE\n", to: "\(name).ext")
        try ChildProcess.run(
            "openssl",
            [
                "x509", "-req", "-in", request, "-CA", certificateFile, "-CAkey", keyFile, "-CAcreateserial",
                "-days", String(days), "-extfile", folder.path("\(name).ext"),
                "-out", certificate.certificateFile,
            ])
        return certificate
    }

    private static func openssl(_ arguments: String..., isRequest: Bool = false) throws {
        let kind = isRequest ? ["req", "-new"] : ["req", "-x509"]
        try ChildProcess.run(
            "openssl", kind + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"] + arguments)
    }
}
