import Broker
import Wire

/// Which pages of other origins may use the server from a browser: CORS, by the Fetch standard, section 3.3.
struct OriginRules: Sendable {
    /// Glob patterns for the whole origin, `https://*.example.com`.
    private let patterns: [[UInt8]]

    init(_ patterns: [String]) { self.patterns = patterns.map { Array($0.utf8) } }

    func allows(_ origin: String) -> Bool {
        let origin = Array(origin.utf8)
        return patterns.contains { GlobPattern.matches($0.span, origin.span) }
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
