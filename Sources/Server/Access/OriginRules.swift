import Broker
import Wire

/// Which pages of other origins may use the server from a browser: CORS, by the Fetch standard, section 3.3, and what
/// CORS leaves to the server (RFC 6455 section 10.2).
struct OriginRules: Sendable {
    /// Glob patterns for the whole origin, `https://*.example.com`.
    private let patterns: [[UInt8]]

    init(_ patterns: [String]) { self.patterns = patterns.map { Array($0.utf8) } }

    func allows(_ origin: String) -> Bool {
        let origin = Array(origin.utf8)
        return patterns.contains { GlobPattern.matches($0.span, origin.span) }
    }

    /// Lets in what no page sends, pages of this server, and pages of the origins that are listed.
    ///
    /// Browsers let every page open WebSockets to, and post text to, whatever their user can reach; only that a page may
    /// not read the answer is seen to by CORS.
    /// - Throws: 403.
    func admit(_ head: HTTPRequestHead) throws(HTTPError) {
        guard let origin = head.header("origin") else { return }
        if Self.isSame(origin, host: head.header("host") ?? "") || allows(origin) { return }
        throw HTTPError(
            .forbidden, .forbidden,
            "pages of \(LogText.escaped(origin)) may not use this server; http.origins lists those that may")
    }

    /// Whether the origin is the server's own. The scheme is not compared, for a proxy may have taken TLS off; a port that
    /// is left out is the origin's scheme's.
    private static func isSame(_ origin: String, host: String) -> Bool {
        let origin = origin.lowercased()
        let (authority, port) =
            if origin.hasPrefix("https://") {
                (origin.dropFirst("https://".count), ":443")
            } else if origin.hasPrefix("http://") {
                (origin.dropFirst("http://".count), ":80")
            } else {
                (origin[...], "")
            }
        guard !port.isEmpty, !authority.isEmpty else { return false }
        let host = host.lowercased()
        return authority == host || authority + port == host || authority == host + port
    }

    /// What every answer to a request says about who may read it. Nothing where no other origin is allowed any.
    func headers(for head: HTTPRequestHead) -> [HTTPHeader] {
        guard !patterns.isEmpty else { return [] }
        // Also without an Origin: a cache must not give this answer to a page of another.
        let vary = HTTPHeader("Vary", "Origin")
        guard let origin = head.header("origin"), allows(origin) else { return [vary] }
        return [
            vary, HTTPHeader("Access-Control-Allow-Origin", origin),
            HTTPHeader("Access-Control-Expose-Headers", "ETag, Retry-After"),
        ]
    }

    /// The answer to an `OPTIONS`, a preflight or not; `headers(for:)` come on top.
    /// - Parameter methods: what the URL knows.
    func answer(to head: HTTPRequestHead, methods: [String]) -> HTTPResponse {
        let list = (methods + ["OPTIONS"]).joined(separator: ", ")
        var response = HTTPResponse(.noContent, headers: [HTTPHeader("Allow", list)])
        guard let origin = head.header("origin"), allows(origin),
            head.header("access-control-request-method") != nil
        else { return response }
        response.headers += [
            HTTPHeader("Access-Control-Allow-Methods", list),
            HTTPHeader(
                "Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"),
            HTTPHeader("Access-Control-Max-Age", "7200"),
        ]
        return response
    }
}
