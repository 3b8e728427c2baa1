import Client
import EventLoop

/// The server under test, and how to enter it.
public struct Target: Sendable {
    public let url: ServerURL
    public let token: String?
    public let door: Door
    /// How connections are secured; `nil` if they are not.
    let tls: TLSClientSettings?

    /// - Parameter authorityFile: of certification authorities to trust (PEM) instead of the system's.
    public init(url: ServerURL, token: String?, door: Door, authorityFile: String? = nil) {
        self.url = url
        self.token = token
        self.door = door
        tls = url.usesTLS ? TLSClientSettings(authorityFile: authorityFile) : nil
    }

    /// The bytes of an HTTP/1.1 request.
    func request(_ method: String, _ path: String, body: [UInt8]? = nil) -> [UInt8] {
        var text = "\(method) \(url.prefix)\(path) HTTP/1.1\r\nHost: \(url.authority)\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        if let body { text += "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: \(body.count)\r\n" }
        return Array((text + "\r\n").utf8) + (body ?? [])
    }
}
