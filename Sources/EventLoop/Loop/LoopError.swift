internal import CUV

/// An operating-system or libuv failure: what was tried, and the system's words.
public struct LoopError: Error, CustomStringConvertible, Equatable {
    /// What becomes of another attempt.
    public enum Outlook: Sendable {
        /// It may go well.
        case passing
        /// It would fail the same way: what we were told, or what the peer shows, is wrong.
        case lasting
        /// The same, because none of the authorities that are trusted here has issued the peer's certificate.
        case untrusted
    }

    /// The negated `errno`, or a libuv code (`UV_E…`).
    public let code: Int32
    public let description: String
    public let outlook: Outlook

    public init(_ code: Int32, _ what: String) {
        self.code = code
        description = "\(what): \(unsafe String(cString: uv_strerror(code)))"
        outlook = .passing
    }

    /// A failure that is not the system's (a certificate, say); `code` is 0.
    public init(message: String, outlook: Outlook = .passing) {
        code = 0
        description = message
        self.outlook = outlook
    }
}
