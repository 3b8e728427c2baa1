/// A response to be sent: status, header fields, body. `Date`, `Content-Length` and `Connection` are added when
/// it is encoded.
public struct HTTPResponse: Sendable {
    public var status: HTTPStatus
    public var headers: [HTTPHeader]
    public var body: [UInt8]
    /// The limit that it refuses the request for; not sent, but counted by who sends it.
    public var limit: Limit?

    public init(_ status: HTTPStatus, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public static func json(_ body: [UInt8], status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(
            status,
            headers: [
                HTTPHeader("Content-Type", "application/json"), HTTPHeader("Cache-Control", "no-store"),
            ],
            body: body)
    }

    /// `{"error":{"code":…,"message":…}}`
    public init(_ error: HTTPError) {
        var body: [UInt8] = []
        body.append(#"{"error":{"code":"#)
        JSON.appendString(error.code.rawValue, to: &body)
        body.append(#","message":"#)
        JSON.appendString(error.message, to: &body)
        body.append("}}")
        self = .json(body, status: error.status)
        headers += error.headers
        limit = error.limit
    }

    /// Appends the response's head to `bytes`; the body is up to the caller (none where `status.isBodiless`).
    /// - Parameters:
    ///   - contentLength: the body's length, also where the answer to a HEAD leaves it out; `nil` for a body that goes
    ///     on until the connection ends.
    ///   - date: the value for `Date`, RFC 9110 section 5.6.7.
    ///   - keepsAlive: whether another request may follow on the connection.
    public func appendHead(to bytes: inout [UInt8], contentLength: Int?, date: String, keepsAlive: Bool) {
        bytes.append(status.line)
        if status != .switchingProtocols {
            Self.append("Date", date, to: &bytes)
            if let contentLength, !status.isBodiless {
                Self.append("Content-Length", String(contentLength), to: &bytes)
            }
            if !keepsAlive { Self.append("Connection", "close", to: &bytes) }
        }
        for header in headers { Self.append(header.name, header.value, to: &bytes) }
        bytes.append("\r\n")
    }

    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(": ")
        bytes.append(contentsOf: value.utf8)
        bytes.append("\r\n")
    }
}
