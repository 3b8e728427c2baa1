/// An HTTP answer other than success: the status, the code in the JSON body, and words a client can act on.
public struct HTTPError: Error, Equatable {
    public let status: HTTPStatus
    public let code: ErrorCode
    public let message: String
    /// Extra response headers: `Allow`, `Retry-After`, `Upgrade`.
    public let headers: [HTTPHeader]
    /// The limit that was run into, to be counted.
    public let limit: Limit?

    public init(_ status: HTTPStatus, _ code: ErrorCode, _ message: String, headers: [HTTPHeader] = []) {
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
        limit = nil
    }

    /// A limit that was run into.
    /// - Parameters:
    ///   - words: what it is, with its value.
    ///   - retryAfter: seconds after which it may be tried again, if time helps.
    public init(
        _ status: HTTPStatus, _ code: ErrorCode, _ limit: Limit, _ words: String, retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.limit = limit
        message = limit.message(words)
        headers = retryAfter.map { [HTTPHeader("Retry-After", String($0))] } ?? []
    }

    /// The server has all the connections that it may have.
    public static let noMoreConnections = HTTPError(
        .serviceUnavailable, .limitExceeded, .connections,
        "this server has all the connections it may have; try again later", retryAfter: 5)

    static func malformed(_ message: String) -> HTTPError { HTTPError(.badRequest, .badRequest, message) }
}
