import Wire

/// Why somebody may not do something, as clients are told.
struct AccessDenial: Error, Equatable {
    /// `unauthorized` for those who have not proved who they are, else `forbidden`.
    let code: ErrorCode
    let message: String
    /// The token that was shown is no good: RFC 6750 section 3.1.
    var isTokenInvalid = false

    init(_ identity: Identity, _ message: String) {
        let isAnonymous = identity.credentials == .none
        code = isAnonymous ? .unauthorized : .forbidden
        self.message = isAnonymous ? "\(message) without a token" : "\(message) with this token"
    }

    /// Nobody was recognised.
    init(unauthorized message: String, isTokenInvalid: Bool = false) {
        code = .unauthorized
        self.message = message
        self.isTokenInvalid = isTokenInvalid
    }

    var httpError: HTTPError {
        guard code == .unauthorized else { return HTTPError(.forbidden, code, message) }
        let challenge = isTokenInvalid ? #"Bearer error="invalid_token""# : "Bearer"
        return HTTPError(
            .unauthorized, code, message, headers: [HTTPHeader("WWW-Authenticate", challenge)])
    }

    func nativeError(_ reference: NativeReference) -> NativeError {
        NativeError(code, message, reference: reference)
    }
}
