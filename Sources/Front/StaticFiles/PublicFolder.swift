import Crypto
import Foundation
import Hub
import Logging
import Wire

/// The folder of files served beside the channels: the chat page.
///
/// Only what a walk of the folder found is ever served, looked up by its exact URL path, so no request can name
/// anything else: there is no path to escape by. Hidden files and symbolic links are not served. Files are kept in
/// memory and read again when they change. Confined to its worker's thread.
public final class PublicFolder {
    /// Larger files are left out: this is for a page, not for downloads.
    static let maximumFileSize = 16 * 1024 * 1024

    private let root: String
    /// By URL path, decoded: `/chat.js`.
    private var files: [String: PublicFile] = [:]
    /// Loop milliseconds of the last walk.
    private var walked: UInt64 = 0
    private let logger = Logger(label: "roost.public")

    /// - Throws: `PublicFolderError` where the folder cannot be read.
    public init(_ root: String) throws(PublicFolderError) {
        self.root = root
        try walk()
    }

    /// Answers a GET or HEAD for a path.
    /// - Parameter now: loop time, ms; new files are looked for at most once a second.
    public func respond(
        to head: HTTPRequestHead, now: UInt64
    ) throws(HTTPError) -> (response: HTTPResponse, body: Batch?) {
        guard let bytes = PercentEncoding.decode(head.path.span), UTF8Validator.isValid(bytes.span) else {
            throw HTTPError(.badRequest, .badRequest, "the path is not percent-encoded UTF-8")
        }
        var path = String(decoding: bytes, as: UTF8.self)
        if path.utf8.last == UInt8(ascii: "/") { path += "index.html" }
        guard let file = find(path, now) else {
            throw HTTPError(.notFound, .notFound, "there is nothing at this URL")
        }
        let chosen = variant(of: file, path, head)
        var headers = [
            HTTPHeader("Content-Type", file.mediaType),
            HTTPHeader("ETag", chosen.file.entityTag),
            // Kept, but asked for again each time: the page and its scripts change together.
            HTTPHeader("Cache-Control", "no-cache"),
            HTTPHeader("Referrer-Policy", "no-referrer"),
            HTTPHeader("Content-Security-Policy", Self.contentSecurityPolicy),
        ]
        if chosen.hasVariants { headers.append(HTTPHeader("Vary", "Accept-Encoding")) }
        if chosen.isCompressed { headers.append(HTTPHeader("Content-Encoding", "gzip")) }
        if let wanted = head.header("if-none-match"), Self.matches(wanted, chosen.file.entityTag) {
            return (HTTPResponse(.notModified, headers: headers), nil)
        }
        return (HTTPResponse(.ok, headers: headers), chosen.file.body)
    }

    /// Only what comes from this server runs or is loaded; nothing inline.
    static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "connect-src 'self' ws: wss:", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// RFC 9110 section 13.1.2: a list of tags, compared weakly, or `*`.
    private static func matches(_ wanted: String, _ tag: String) -> Bool {
        wanted.split(separator: ",").contains { part in
            let candidate = part.trimmingCharacters(in: .whitespaces)
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }

    // MARK: Finding

    private func find(_ path: String, _ now: UInt64) -> PublicFile? {
        if let file = files[path] {
            if Self.stamp(file.path) == file.stamp { return file }
            files[path] = nil
            return load(path)
        }
        guard now >= walked + 1_000 else { return nil }
        walked = now
        do {
            try walk()
        } catch {
            logger.warning("cannot read the public folder", metadata: ["reason": "\(error)"])
        }
        return files[path]
    }

    /// The file itself, or `NAME.gz` beside it where the client takes gzip.
    private func variant(
        of file: PublicFile, _ path: String, _ head: HTTPRequestHead
    ) -> (file: PublicFile, hasVariants: Bool, isCompressed: Bool) {
        guard let compressed = files[path + ".gz"] else { return (file, false, false) }
        let accepts = head.tokens("accept-encoding").contains { coding in
            let parts = coding.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.first == "gzip" else { return false }
            return !parts.dropFirst().contains {
                $0.hasPrefix("q=0") && !$0.contains { "123456789".contains($0) }
            }
        }
        return accepts ? (compressed, true, true) : (file, true, false)
    }

    // MARK: Reading

    private func walk() throws(PublicFolderError) {
        var status = stat()
        guard unsafe stat(root, &status) == 0 else {
            throw PublicFolderError(path: root, reason: "it does not exist or cannot be reached")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw PublicFolderError(path: root, reason: "it is not a folder")
        }
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: root)
        } catch {
            throw PublicFolderError(path: root, reason: error.localizedDescription)
        }
        for name in names where !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            _ = load("/" + name)
        }
    }

    /// Reads a file that the folder has, unless what is held of it is still current.
    private func load(_ path: String) -> PublicFile? {
        let location = root + path
        guard let stamp = Self.stamp(location) else { return nil }
        if let file = files[path], file.stamp == stamp { return file }
        guard stamp.size <= Self.maximumFileSize else {
            logger.warning(
                "a file of the public folder is too large to be served",
                metadata: ["file": "\(location)", "limit": "\(Self.maximumFileSize)"])
            return nil
        }
        guard let data = FileManager.default.contents(atPath: location) else {
            logger.warning("a file of the public folder cannot be read", metadata: ["file": "\(location)"])
            return nil
        }
        let digest = SHA256.hash(data: data).prefix(12)
        var tag = Array("\"".utf8)
        Base64.append(Array(digest).span, to: &tag)
        let file = PublicFile(
            body: Batch(Array(data)), entityTag: String(decoding: tag, as: UTF8.self) + "\"",
            mediaType: MediaType.of(path), path: location, stamp: stamp)
        files[path] = file
        return file
    }

    /// `nil` for what is not a regular file; symbolic links are not followed.
    private static func stamp(_ path: String) -> PublicFile.Stamp? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return PublicFile.Stamp(
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size))
    }
}
