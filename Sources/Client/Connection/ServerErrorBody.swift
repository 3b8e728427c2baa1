import Wire

/// The words in `{"error":{"code":…,"message":…}}`, fit for a terminal.
struct ServerErrorBody: Equatable {
    let code: String
    let message: String

    /// `nil` if the body is not that.
    init?(_ body: [UInt8]) {
        guard let member = JSON.member("error", of: body.span), member.kind == .object else { return nil }
        let error = Array(body[member.range])
        guard let message = JSON.member("message", of: error.span)?.string(in: error.span) else { return nil }
        self.message = TerminalText.singleLine(message)
        code = TerminalText.singleLine(JSON.member("code", of: error.span)?.string(in: error.span) ?? [])
    }
}
