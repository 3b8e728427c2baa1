/// `method SP request-target SP HTTP-version`, RFC 9112 section 3, in the forms a server may get.
struct HTTPRequestLine {
    let method: String
    let path: [UInt8]
    let query: [UInt8]?
    let minorVersion: Int

    init(_ line: ArraySlice<UInt8>) throws(HTTPError) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw .malformed(
                "the request line must be a method, a target and a version, one space between them")
        }
        let (method, target, version) = (parts[0], parts[1], parts[2])
        guard !method.isEmpty, method.count <= 32, method.allSatisfy(HTTPHeadDecoder.isToken) else {
            throw .malformed("the method is not a token")
        }
        switch String(decoding: version, as: UTF8.self) {
        case "HTTP/1.1": minorVersion = 1
        case "HTTP/1.0": minorVersion = 0
        case let other where other.hasPrefix("HTTP/"):
            throw HTTPError(.versionNotSupported, .badRequest, "HTTP/1.1 and HTTP/1.0 are spoken here")
        default: throw .malformed("the HTTP version is missing")
        }
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("the target has a character that must be percent-encoded")
        }
        self.method = String(decoding: method, as: UTF8.self)
        let origin = try Self.originForm(target, method: self.method)
        let mark = origin.firstIndex(of: UInt8(ascii: "?"))
        path = Array(origin[..<(mark ?? origin.endIndex)])
        query = mark.map { Array(origin[($0 + 1)...]) }
    }

    /// `/path?query` as it is; `http://host/path?query` without its host; `*` for OPTIONS.
    private static func originForm(
        _ target: ArraySlice<UInt8>, method: String
    ) throws(HTTPError) -> ArraySlice<UInt8> {
        if target.first == UInt8(ascii: "/") { return target }
        if method == "OPTIONS", target.elementsEqual("*".utf8) { return target }
        let scheme = target.prefix(8).map { $0 | 0x20 }
        for prefix in ["http://", "https://"] where scheme.starts(with: prefix.utf8) {
            let rest = target.dropFirst(prefix.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            // An empty host must be refused, RFC 9110 section 4.2.1.
            guard end > rest.startIndex else { throw .malformed("the target has no host") }
            return rest[end...].first == UInt8(ascii: "/") ? rest[end...] : [UInt8(ascii: "/")] + rest[end...]
        }
        throw .malformed("the target must be a path that begins with /")
    }
}
