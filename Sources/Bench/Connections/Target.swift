import Client

/// The server under test, and how to enter it.
public struct Target: Sendable {
    public let url: ServerURL
    public let token: String?
    public let door: Door

    public init(url: ServerURL, token: String?, door: Door) {
        self.url = url
        self.token = token
        self.door = door
    }

    /// The bytes of an HTTP/1.1 request.
    func request(_ method: String, _ path: String, body: [UInt8]? = nil) -> [UInt8] {
        var text = "\(method) \(url.prefix)\(path) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        if let body { text += "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (body ?? [])
    }
}
