/// Why a native command was not carried out. `isFatal`: the frame was no JSON at all, and the socket must close.
public struct NativeError: Error, Equatable {
    public let code: ErrorCode
    public let message: String
    public let reference: NativeReference
    public let isFatal: Bool
    /// The limit that was run into, to be counted.
    public let limit: Limit?

    public init(
        _ code: ErrorCode, _ message: String, reference: NativeReference = .none, isFatal: Bool = false
    ) {
        self.code = code
        self.message = message
        self.reference = reference
        self.isFatal = isFatal
        limit = nil
    }

    /// The same, as the answer to a command.
    public func answering(_ reference: NativeReference) -> NativeError {
        NativeError(self, reference)
    }

    private init(_ error: NativeError, _ reference: NativeReference) {
        code = error.code
        message = error.message
        isFatal = error.isFatal
        limit = error.limit
        self.reference = reference
    }

    /// A limit that was run into; `words` say its value.
    public init(
        _ code: ErrorCode, _ limit: Limit, _ words: String, reference: NativeReference = .none
    ) {
        self.code = code
        self.limit = limit
        self.reference = reference
        message = limit.message(words)
        isFatal = false
    }
}
