/// Every error a client can be told of, by any door. One table: a client may switch on the raw value.
public enum ErrorCode: String, Sendable, CaseIterable {
    /// The frame or body is not JSON.
    case badJSON = "bad_json"
    /// It is JSON, but a field is missing, of the wrong type, or out of range.
    case badRequest = "bad_request"
    /// A `type` or URL that does not exist.
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case lengthRequired = "length_required"
    case timeout
    /// Over a size limit, which the message names.
    case tooLarge = "too_large"
    /// Over a count limit, which the message names.
    case limitExceeded = "limit_exceeded"
    /// More often than a limit allows, which the message names; `Retry-After` says when it may be tried again.
    case rateLimited = "rate_limited"
    /// No token was shown where one is needed, or one that is no good.
    case unauthorized
    case forbidden
    /// The job has been given back, or is done: whoever named the lease has no say in it any more.
    case leaseLost = "lease_lost"
    /// The broker cannot be reached now; nothing was stored or sent.
    case unavailable
    /// The broker takes messages more slowly than they come; nothing was stored or sent.
    case overloaded
    case internalError = "internal_error"
}
