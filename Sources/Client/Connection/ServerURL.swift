import EventLoop
import Wire

/// Where a Roost server is: what `--server` and `ROOST_SERVER` accept.
///
/// `http://host:port`, `https://host:port` (`ws:` and `wss:` mean the same), each with an optional path prefix for a
/// server behind a reverse proxy, or `unix:/path/to/socket`.
public struct ServerURL: Equatable, Sendable {
    public let endpoint: StreamEndpoint
    public let usesTLS: Bool
    /// What goes into the `Host` field: host and port as written, without a default port.
    public let authority: String
    /// Put before every path; empty, or `/…` without a slash at the end.
    public let prefix: String

    /// What a client talks to when nothing else is said.
    public static let standard = "http://127.0.0.1:8080"

    /// The longest path that fits into a `sockaddr_un`, in bytes.
    private static let longestSocketPath = 107

    public init(parsing text: String) throws(ServerURLError) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ServerURLError(text, "it has a space, a control character or a letter beyond ASCII")
        }
        if let path = text.after("unix:") {
            // `unix:///run/x.sock`, the form with an empty authority, is taken too.
            let path = path.after("//") ?? path
            guard path.hasPrefix("/") else {
                throw ServerURLError(text, "the socket's path must begin with '/'")
            }
            guard path.utf8.count <= Self.longestSocketPath else {
                throw ServerURLError(text, "a socket's path has at most \(Self.longestSocketPath) bytes")
            }
            endpoint = .unix(path: path)
            usesTLS = false
            authority = "localhost"
            prefix = ""
            return
        }
        let rest: String
        if let plain = text.after("http://") ?? text.after("ws://") {
            (rest, usesTLS) = (plain, false)
        } else if let secure = text.after("https://") ?? text.after("wss://") {
            (rest, usesTLS) = (secure, true)
        } else {
            throw ServerURLError(text, "the scheme is missing or unknown")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw ServerURLError(text, "it must not have a query or a fragment")
        }
        let authority = String(rest.prefix { $0 != "/" })
        guard !authority.contains("@") else {
            throw ServerURLError(text, "it must not hold credentials; use --token or ROOST_TOKEN")
        }
        let (host, port) = try Self.split(authority, in: text)
        endpoint = .tcp(host: host, port: port ?? (usesTLS ? 443 : 80))
        self.authority = authority
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        prefix = path
    }

    private static func split(
        _ authority: String, in text: String
    ) throws(ServerURLError) -> (host: String, port: UInt16?) {
        var host = authority[...]
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw ServerURLError(text, "']' is missing")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw ServerURLError(text, "only ':port' may follow ']'")
            }
            guard host.contains(":") else { throw ServerURLError(text, "brackets are for IPv6 addresses") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            guard port?.contains(":") != true else {
                throw ServerURLError(text, "an IPv6 address must stand in brackets, as in http://[::1]:8080")
            }
        }
        guard !host.isEmpty else { throw ServerURLError(text, "the host is missing") }
        guard let port else { return (String(host), nil) }
        guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(port), number > 0 else {
            throw ServerURLError(text, "the port must be a number from 1 to 65535")
        }
        return (String(host), number)
    }
}

extension ServerURL: CustomStringConvertible {
    public var description: String {
        if case .unix(let path) = endpoint {
            // Two slashes at the beginning would be taken for an empty authority.
            return path.hasPrefix("//") ? "unix://\(path)" : "unix:\(path)"
        }
        return "\(usesTLS ? "https" : "http")://\(authority)\(prefix)"
    }
}

extension StringProtocol {
    /// What follows `start`, or `nil` if this does not begin with it.
    fileprivate func after(_ start: String) -> String? {
        hasPrefix(start) ? String(dropFirst(start.count)) : nil
    }
}
