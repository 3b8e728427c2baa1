internal import CUV

/// An operating-system or libuv failure: what was tried, and the system's words.
public struct LoopError: Error, CustomStringConvertible, Equatable {
    /// The negated `errno`, or a libuv code (`UV_E…`).
    public let code: Int32
    public let description: String

    public init(_ code: Int32, _ what: String) {
        self.code = code
        description = "\(what): \(unsafe String(cString: uv_strerror(code)))"
    }

    /// A failure that is not the system's (a certificate, say); `code` is 0.
    public init(message: String) {
        code = 0
        description = message
    }
}
