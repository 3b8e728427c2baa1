/// A whole response.
struct HTTPClientResponse: Equatable, Sendable {
    let status: Int
    let reason: String
    let body: [UInt8]

    /// What the server says is wrong; `nil` for a success.
    var error: ClientError? {
        guard !(200..<300).contains(status) else { return nil }
        guard let error = ServerErrorBody(body) else {
            return ClientError(
                "the server answered \(status) \(reason.isEmpty ? "without a reason" : reason)")
        }
        return ClientError("\(error.message) (\(error.code))")
    }
}
