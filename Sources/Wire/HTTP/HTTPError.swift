/// An HTTP answer other than success: the status, the code in the JSON body, and words a client can act on.
public struct HTTPError: Error, Equatable {
    public let status: HTTPStatus
    public let code: ErrorCode
    public let message: String
    /// Extra response headers: `Allow`, `Retry-After`, `Upgrade`.
    public let headers: [HTTPHeader]

    public init(_ status: HTTPStatus, _ code: ErrorCode, _ message: String, headers: [HTTPHeader] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
    }

    static func malformed(_ message: String) -> HTTPError { HTTPError(.badRequest, .badRequest, message) }
}
