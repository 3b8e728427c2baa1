/// One request of a client. Path, field names and values are printable ASCII (the caller has checked).
struct HTTPClientRequest: Sendable {
    var method: StaticString
    /// Absolute and percent-encoded, with the query; put behind the URL's prefix.
    var path: String
    var fields: [(name: StaticString, value: String)] = []
    /// `nil` where a body makes no sense.
    var body: [UInt8]?

    /// As it goes over the wire. RFC 9112 section 3.
    func bytes(for url: ServerURL, token: String?) -> [UInt8] {
        var text = "\(method) \(url.prefix)\(path) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        if let body { text += "Content-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (body ?? [])
    }
}
