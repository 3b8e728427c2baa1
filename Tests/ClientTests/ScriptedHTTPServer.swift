import TestSupport

/// The server's side of an HTTP connection, played by a test, on a `SocketServer`'s thread.
struct ScriptedHTTPServer {
    struct Request: Equatable {
        /// `POST /path`
        let line: String
        let head: String
        let body: String

        /// A field of the head.
        func field(_ name: String) -> String? {
            head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }
    }

    let peer: SocketPeer

    /// The next request; `nil` when the client has gone.
    func receive() -> Request? {
        let head = ScriptedServer.readRequest(peer)
        guard head.hasSuffix("\r\n\r\n") else { return nil }
        let parts = head.split(separator: " ", maxSplits: 2)
        let bare = Request(line: parts.prefix(2).joined(separator: " "), head: head, body: "")
        let length = bare.field("Content-Length").flatMap { Int($0) } ?? 0
        let body = peer.read(exactly: length)
        return Request(line: bare.line, head: head, body: String(decoding: body, as: UTF8.self))
    }

    func answer(_ status: String, _ body: String, _ fields: String = "") {
        peer.write("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}
